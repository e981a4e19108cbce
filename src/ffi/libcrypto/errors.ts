/** Errors of libcrypto, from OpenSSL's error queue. @module */
import type { ErrorCodes, LayerError } from "../../errors/mod.ts";
import { drainErrorQueue } from "../_error_queue.ts";
import type { Symbols } from "./symbols.ts";

/** The code of a LibcryptoError. */
export type LibcryptoErrorCode = ErrorCodes["libcrypto"];

/** An error of `src/ffi/libcrypto`. */
export class LibcryptoError extends Error implements LayerError<"libcrypto"> {
  override readonly name = "LibcryptoError";
  readonly layer = "libcrypto";
  readonly code: LibcryptoErrorCode;
  /** OpenSSL's error queue, the oldest entry first, in the texts of ERR_error_string(3ossl). */
  readonly queue: readonly string[];

  constructor(
    code: LibcryptoErrorCode,
    message: string,
    options: ErrorOptions & { queue?: readonly string[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.queue = options.queue ?? [];
  }
}

/** Creates the error of a function that has just failed on this thread, with its queue. */
export function failure(symbols: Symbols, name: string): LibcryptoError {
  const queue = drainErrorQueue(symbols);
  const last = queue.at(-1) ?? "OpenSSL gave no reason";
  return new LibcryptoError("LIBCRYPTO_FAILED", `${name} failed: ${last}`, { queue });
}

/** Throws unless a function returned 1, which is success in OpenSSL. */
export function expectOk(symbols: Symbols, name: string, result: number): void {
  if (result !== 1) throw failure(symbols, name);
}

/** Returns a pointer, and throws for null. */
export function expectPointer(
  symbols: Symbols,
  name: string,
  pointer: Deno.PointerValue,
): Deno.PointerObject {
  if (pointer === null) throw failure(symbols, name);
  return pointer;
}
