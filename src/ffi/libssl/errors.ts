/** Errors of libssl. @module */
import type { ErrorCodes, LayerError } from "../../errors/mod.ts";
import { drainErrorQueue } from "../_error_queue.ts";
import type { SslLibrary } from "./symbols.ts";

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
  const queue = drainErrorQueue(crypto);
  const reason = reasonOf(queue) || "OpenSSL gave no reason";
  return new LibsslError("LIBSSL_FAILED", `${name} failed: ${reason}`, { queue });
}
