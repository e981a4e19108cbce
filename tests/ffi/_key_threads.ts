/** Generates keys on as many threads as Deno takes for it, and ends with those threads still there. @module */
import { openLibcrypto } from "../../src/ffi/mod.ts";

const libcrypto = openLibcrypto();
await Promise.all(
  Array.from({ length: 48 }, () => libcrypto.generate({ algorithm: "RSA", modulusBits: 1024 })),
);
