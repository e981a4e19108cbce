/** Errors of the socket layer. @module */
import type { ErrorCodes, LayerError } from "../errors/mod.ts";
import type { LibcError, LibcErrorCode } from "../ffi/mod.ts";

/** The code of a NetError. The errno of a failed call is one too. */
export type NetErrorCode = Exclude<ErrorCodes["net"], `E${string}`> | LibcErrorCode;

/** Options of a `NetError`. */
export interface NetErrorOptions extends ErrorOptions {
  /** The name of the limit that the peer has reached, if the error is about one. */
  readonly limit?: string;
}

/** An error of `src/net`. */
export class NetError extends Error implements LayerError<"net"> {
  override readonly name = "NetError";
  readonly layer = "net";
  readonly code: NetErrorCode;
  /** The name of the limit that the peer has reached, if the error is about one. */
  readonly limit: string | undefined;

  constructor(code: NetErrorCode, message: string, options?: NetErrorOptions) {
    super(message, options);
    this.code = code;
    this.limit = options?.limit;
  }

  /** The error of a system call, for an action such as `listen on vsock:any:5000`. */
  static ofLibc(action: string, cause: LibcError, hint = ""): NetError {
    const advice = hint === "" ? "" : `; ${hint}`;
    return new NetError(cause.code, `Cannot ${action}: ${cause.message}${advice}`, { cause });
  }
}

/**
 * Failures to connect that can pass without a change on this side: the server does not listen yet
 * (ECONNREFUSED, or ENOENT for a missing socket file), the guest is starting (ENODEV, ENXIO) and its monitor
 * closes the connection (`HANDSHAKE_CLOSED`, ECONNRESET, EPIPE), the backlog is full (EAGAIN), or the network
 * is not up yet.
 */
const RETRYABLE: ReadonlySet<NetErrorCode> = new Set<NetErrorCode>([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ENODEV",
  "ENXIO",
  "ENOENT",
  "EAGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "HANDSHAKE_CLOSED",
  "NAME_NOT_FOUND",
]);

/** Reports a failure after which dialling again may succeed. */
export function isRetryable(error: unknown): boolean {
  return error instanceof NetError && RETRYABLE.has(error.code);
}
