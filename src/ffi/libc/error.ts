/** The error of a failed system call. @module */
import type { LayerError } from "../../errors/mod.ts";
import { type ErrnoName, errnoName, strerror } from "./errno.ts";

/** The name of an errno, or `UNSUPPORTED_PLATFORM` where there is no usable libc. */
export type LibcErrorCode = ErrnoName | `E${number}` | "UNSUPPORTED_PLATFORM";

/** An error of `src/ffi/libc`. */
export class LibcError extends Error implements LayerError<"libc"> {
  override readonly name = "LibcError";
  readonly layer = "libc";
  readonly code: LibcErrorCode;
  /** The positive error number; 0 when there is no usable libc. */
  readonly errno: number;

  constructor(code: LibcErrorCode, errno: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.errno = errno;
  }

  /** The error of a call that gave `-errno`: `bind failed: Address already in use (EADDRINUSE)`. */
  static of(call: string, result: number): LibcError {
    const code = errnoName(result);
    return new LibcError(code, Math.abs(result), `${call} failed: ${strerror(result)} (${code})`);
  }
}

/**
 * Returns a result that is not negative.
 *
 * @throws {LibcError} for a negative result, the error of that errno
 */
export function check(call: string, result: number): number {
  if (result < 0) throw LibcError.of(call, result);
  return result;
}
