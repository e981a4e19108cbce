/** SHA-256 by OpenSSL. @module */
import { openedLibcrypto } from "../../ffi/mod.ts";

/** Returns SHA-256 of OpenSSL if this thread has loaded that. The next call overwrites the result. */
export function opensslSha256(): ((message: Uint8Array) => Uint8Array) | undefined {
  return openedLibcrypto()?.sha256;
}
