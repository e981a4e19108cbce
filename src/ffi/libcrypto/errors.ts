/** Errors of libcrypto and AWS-LC, from their error queues. @module */
import type { ErrorCodes, LayerError } from "../../errors/mod.ts";
import { drainErrorQueue, type ErrorQueue } from "../_error_queue.ts";

/** The code of a LibcryptoError. */
export type LibcryptoErrorCode = ErrorCodes["libcrypto"];

/** An error of `src/ffi/libcrypto`. */
export class LibcryptoError extends Error implements LayerError<"libcrypto"> {
  override readonly name = "LibcryptoError";
  readonly layer = "libcrypto";
  readonly code: LibcryptoErrorCode;
  /** The library's error queue, the oldest entry first, in the texts of ERR_error_string(3ossl). */
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
export function failure(symbols: ErrorQueue, name: string): LibcryptoError {
  const queue = drainErrorQueue(symbols);
  // The cause of the others, where memory is short.
  const memory = queue.find((entry) => entry.toLowerCase().includes("malloc failure"));
  const reason = memory ?? queue.at(-1) ?? "the library gave no reason";
  return new LibcryptoError("LIBCRYPTO_FAILED", `${name} failed: ${reason}`, { queue });
}

/** Throws unless a function returned 1, which is success in OpenSSL. */
export function expectOk(symbols: ErrorQueue, name: string, result: number): void {
  if (result !== 1) throw failure(symbols, name);
}

/** Returns a pointer, and throws for null. */
export function expectPointer(
  symbols: ErrorQueue,
  name: string,
  pointer: Deno.PointerValue,
): Deno.PointerObject {
  if (pointer === null) throw failure(symbols, name);
  return pointer;
}

/** Makes the error for a digest that is to be signed by a scheme without digests. */
export function messagesOnly(): LibcryptoError {
  return new LibcryptoError("LIBCRYPTO_FAILED", "This scheme signs messages: it takes no digest");
}
