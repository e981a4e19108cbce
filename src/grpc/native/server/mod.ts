/** The native server: an engine that serves connections, and a server that runs one. @module */
export type { ConnectionCounts } from "./connection_counts.ts";
export { Engine } from "./engine.ts";
export { DEFAULT_NATIVE_LIMITS, type NativeLimits } from "./limits.ts";
export { ReactorDrive } from "./reactor_drive.ts";
export { QUIET_CHECK_MS, QuietWatch } from "./quiet_watch.ts";
export { type NativeServerOptions, openNativeServer } from "./server.ts";
export { releaseSpareMemory, trimProcess } from "./spare_memory.ts";
