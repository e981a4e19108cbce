import type { Symbols } from "./symbols.ts";

/** The reason of a LibcryptoError. */
export type LibcryptoErrorCode =
  /** No libcrypto could be loaded. */
  | "LIBCRYPTO_MISSING"
  /** The library that was found is older than OpenSSL 3.0, or is not OpenSSL. */
  | "LIBCRYPTO_TOO_OLD"
  /** A function of libcrypto failed; `queue` has the entries of its error queue. */
  | "LIBCRYPTO_FAILED"
  /** A key was used after it was disposed of. */
  | "HANDLE_DISPOSED";

/** The error of `src/ffi/libcrypto`. */
export class LibcryptoError extends Error {
  override readonly name = "LibcryptoError";
  readonly layer = "libcrypto";
  readonly code: LibcryptoErrorCode;
  /** OpenSSL's error queue, the oldest entry first, as ERR_error_string(3ossl) words it. */
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

/** The size that ERR_error_string(3ossl) asks for at least. */
const ERROR_STRING_BYTES = 256;

/** Takes the calling thread's error queue, the oldest entry first, and leaves it empty. */
export function drainErrorQueue(symbols: Symbols): string[] {
  const queue: string[] = [];
  const text = new Uint8Array(ERROR_STRING_BYTES);
  for (let code = symbols.ERR_get_error(); code !== 0n; code = symbols.ERR_get_error()) {
    symbols.ERR_error_string_n(code, text, BigInt(text.length));
    queue.push(new TextDecoder().decode(text.subarray(0, text.indexOf(0))));
  }
  return queue;
}

/**
 * Empties the calling thread's error queue, so that what a failure is reported with is its own. It looks
 * first: the queue is nearly always empty, and ERR_clear_error overwrites all of its sixteen entries,
 * which would take longer than everything else that surrounds a signature.
 */
export function clearErrorQueue(symbols: Symbols): void {
  if (symbols.ERR_peek_error() !== 0n) symbols.ERR_clear_error();
}

/** The error for a function that has just failed on this thread, with the queue that it left. */
export function failure(symbols: Symbols, name: string): LibcryptoError {
  const queue = drainErrorQueue(symbols);
  const last = queue.at(-1) ?? "OpenSSL gave no reason";
  return new LibcryptoError("LIBCRYPTO_FAILED", `${name} failed: ${last}`, { queue });
}

/** Passes on what a function returned if it is OpenSSL's 1 for success, and throws otherwise. */
export function expectOk(symbols: Symbols, name: string, result: number): void {
  if (result !== 1) throw failure(symbols, name);
}

/** Passes on a pointer that a function returned, and throws when it is null. */
export function expectPointer(
  symbols: Symbols,
  name: string,
  pointer: Deno.PointerValue,
): Deno.PointerObject {
  if (pointer === null) throw failure(symbols, name);
  return pointer;
}
