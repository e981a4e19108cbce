/** The mapping of libcrypto's errors to those of this layer. @module */
import { LibcryptoError } from "../../ffi/mod.ts";
import { CryptoError, type CryptoErrorCode } from "../errors.ts";

/** Calls `body`; an error of libcrypto becomes a CryptoError with that error as its cause. */
export function mapErrors<T>(code: CryptoErrorCode, action: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw mapError(code, action, error);
  }
}

/** Converts an error of libcrypto to a CryptoError; returns any other error as it is. */
export function mapError(code: CryptoErrorCode, action: string, error: unknown): unknown {
  if (!(error instanceof LibcryptoError)) return error;
  return new CryptoError(code, `${action} failed: ${error.message}`, { cause: error });
}
