import type { LibcError, LibcErrorCode } from "../ffi/mod.ts";

/** What went wrong: a reason of this layer, or the errno of the call that failed, by name. */
export type NetErrorCode =
  /** The text of an address cannot be read, or names a place that cannot be. */
  | "BAD_ADDRESS"
  /** The address is well-formed, and of no use for what was asked: dialling `any`, say. */
  | "WRONG_ADDRESS"
  /** A host name without an address. */
  | "NAME_NOT_FOUND"
  /** The time allowed is over. */
  | "TIMED_OUT"
  /** The caller gave up. */
  | "ABORTED"
  /** The monitor of a hybrid vsock answered something else than `OK`. */
  | "HANDSHAKE_REFUSED"
  /** The monitor of a hybrid vsock closed the connection before it answered. */
  | "HANDSHAKE_CLOSED"
  /** Something answers on the path of a Unix socket, or what is there is not a socket. */
  | "PATH_IN_USE"
  /** Used after `close()`. */
  | "CLOSED"
  | LibcErrorCode;

/** The error of everything under `src/net`. */
export class NetError extends Error {
  override readonly name = "NetError";
  readonly code: NetErrorCode;

  constructor(code: NetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** The error of a system call on behalf of `action`, such as `listen on vsock:any:5000`. */
  static ofLibc(action: string, cause: LibcError, hint = ""): NetError {
    const advice = hint === "" ? "" : `; ${hint}`;
    return new NetError(cause.code, `Cannot ${action}: ${cause.message}${advice}`, { cause });
  }
}

/**
 * Failures to connect that pass when the other side has come up: nobody listens yet (ECONNREFUSED, and
 * ENOENT for a socket file that is not there yet), the guest is being started (ENODEV, ENXIO), its
 * monitor closes at once (`HANDSHAKE_CLOSED`, ECONNRESET, EPIPE), the backlog is full (EAGAIN), or a
 * network that is not up yet.
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

/** Whether dialling again may succeed without anything being changed here. */
export function isRetryable(error: unknown): boolean {
  return error instanceof NetError && RETRYABLE.has(error.code);
}
