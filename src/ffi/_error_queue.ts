/** The error queue that OpenSSL keeps for each thread, read through libcrypto. @module */

/**
 * ERR_get_error(3ossl), ERR_error_string(3ossl), ERR_clear_error(3ossl). Error codes of OpenSSL 3 have 32 bits
 * (ERR_PACK in openssl/err.h), and a result of 64 bits would be a BigInt for each call.
 */
export const errorQueueSymbols = {
  ERR_get_error: { parameters: [], result: "u32" },
  ERR_peek_error: { parameters: [], result: "u32" },
  ERR_error_string_n: { parameters: ["u64", "buffer", "usize"], result: "void" },
  ERR_clear_error: { parameters: [], result: "void" },
} as const;

/** The bound functions of the queue: every library has a queue of its own. */
export type ErrorQueue = Deno.DynamicLibrary<typeof errorQueueSymbols>["symbols"];

/** The minimum size of a buffer for ERR_error_string(3ossl). */
const ERROR_STRING_BYTES = 256;

/** Reads and empties the error queue of this thread, the oldest entry first. */
export function drainErrorQueue(symbols: ErrorQueue): string[] {
  const queue: string[] = [];
  const text = new Uint8Array(ERROR_STRING_BYTES);
  for (let code = symbols.ERR_get_error(); code !== 0; code = symbols.ERR_get_error()) {
    symbols.ERR_error_string_n(BigInt(code), text, BigInt(text.length));
    queue.push(new TextDecoder().decode(text.subarray(0, text.indexOf(0))));
  }
  return queue;
}

/**
 * Empties the error queue of this thread, so that a later failure is reported with its own entries. The queue
 * is nearly always empty and is checked first: ERR_clear_error overwrites all sixteen entries, which takes
 * longer than the rest of the work around a signature.
 */
export function clearErrorQueue(symbols: ErrorQueue): void {
  if (symbols.ERR_peek_error() !== 0) symbols.ERR_clear_error();
}
