import { LibcryptoError } from "../../ffi/mod.ts";
import { CryptoError, type CryptoErrorCode } from "../errors.ts";

/** Runs what calls libcrypto; a failure of libcrypto becomes a CryptoError with that as its cause. */
export function mapErrors<T>(code: CryptoErrorCode, action: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw mapError(code, action, error);
  }
}

/** The CryptoError for a failure of libcrypto; every other error as it is. */
export function mapError(code: CryptoErrorCode, action: string, error: unknown): unknown {
  if (!(error instanceof LibcryptoError)) return error;
  return new CryptoError(code, `${action} failed: ${error.message}`, { cause: error });
}
