/** Errors of the socket layer. @module */
import type { LibcError, LibcErrorCode } from "../ffi/mod.ts";

/** The reason of an error: one of this layer, or the name of the errno of a failed call. */
export type NetErrorCode =
  /** An address cannot be parsed. */
  | "BAD_ADDRESS"
  /** A valid address that does not fit the action, such as dialling `any`. */
  | "WRONG_ADDRESS"
  /** A host name without an address. */
  | "NAME_NOT_FOUND"
  /** The timeout has expired. */
  | "TIMED_OUT"
  /** The caller has aborted the action. */
  | "ABORTED"
  /** The monitor of a hybrid vsock did not answer `OK`. */
  | "HANDSHAKE_REFUSED"
  /** The monitor of a hybrid vsock closed the connection before it answered. */
  | "HANDSHAKE_CLOSED"
  /** Another process listens on the path of a Unix socket, or the file there is no socket. */
  | "PATH_IN_USE"
  /** TLS failed: the handshake, or a record. */
  | "TLS_FAILED"
  /** More TLS handshakes are under way than are allowed at once. */
  | "TLS_BUSY"
  /** Used after `close()`. */
  | "CLOSED"
  | LibcErrorCode;

/** An error of `src/net`. */
export class NetError extends Error {
  override readonly name = "NetError";
  readonly code: NetErrorCode;

  constructor(code: NetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
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
