/** The modules of tests that run the turns of an engine themselves. @module */
import { socketsSupported } from "../../../src/net/mod.ts";

// Loads libc outside of tests: it stays loaded, and the sanitizer would report the first test for it.
socketsSupported();

export { bidi, implement, unary } from "../../../src/grpc/mod.ts";
export * as net from "../../../src/net/mod.ts";
export { signingDefinition } from "../../../src/api/mod.ts";
export { Engine } from "../../../src/grpc/native/server/engine.ts";
export { echoService } from "../../../src/services/echo.ts";
export { logger } from "../../../src/telemetry/mod.ts";
export { kindsService } from "../_rig.ts";
export { busyFor } from "./_busy.ts";
