/** Errors of libssl. @module */
import type { ErrorCodes, LayerError } from "../../errors/mod.ts";
import type { CertificateSymbols, SslLibrary } from "./symbols.ts";

/** The code of a LibsslError. */
export type LibsslErrorCode = ErrorCodes["libssl"];

/** The error of `src/ffi/libssl`. */
export class LibsslError extends Error implements LayerError<"libssl"> {
  override readonly name = "LibsslError";
  readonly layer = "libssl";
  readonly code: LibsslErrorCode;
  /** OpenSSL's error queue, the oldest entry first. */
  readonly queue: readonly string[];

  constructor(
    code: LibsslErrorCode,
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
export function drainErrors(symbols: CertificateSymbols): string[] {
  const queue: string[] = [];
  const text = new Uint8Array(ERROR_STRING_BYTES);
  for (let code = symbols.ERR_get_error(); code !== 0n; code = symbols.ERR_get_error()) {
    symbols.ERR_error_string_n(code, text, BigInt(text.length));
    queue.push(new TextDecoder().decode(text.subarray(0, text.indexOf(0))));
  }
  return queue;
}

/**
 * Empties the calling thread's error queue, as SSL_get_error(3ossl) asks for before each operation. A
 * look comes first: the queue is nearly always empty, and clearing writes all of its entries.
 */
export function clearErrors(symbols: CertificateSymbols): void {
  if (symbols.ERR_peek_error() !== 0n) symbols.ERR_clear_error();
}

/** The reason in an entry of the queue: `error:0A000086:SSL routines::certificate verify failed`. */
export function reasonOf(queue: readonly string[]): string {
  const last = queue.at(-1);
  return last?.split(":").at(-1) ?? "";
}

/** Throws unless a function returned OpenSSL's 1 for success. */
export function expectOne(library: Pick<SslLibrary, "crypto">, name: string, result: number): void {
  if (result !== 1) throw failed(library, name);
}

/** The error of a function that has just failed on this thread. */
export function failed({ crypto }: Pick<SslLibrary, "crypto">, name: string): LibsslError {
  const queue = drainErrors(crypto);
  const reason = reasonOf(queue) || "OpenSSL gave no reason";
  return new LibsslError("LIBSSL_FAILED", `${name} failed: ${reason}`, { queue });
}

/** A text as C has it: UTF-8, ended by a zero. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
