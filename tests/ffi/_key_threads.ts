/** Generates keys on Deno's blocking threads, and exits while those threads still exist. @module */
import { openLibcrypto } from "../../src/ffi/mod.ts";

const libcrypto = openLibcrypto();
await Promise.all(
  Array.from({ length: 48 }, () => libcrypto.generate({ algorithm: "RSA", modulusBits: 1024 })),
);
