/** Outgoing connections. @module */
import { libc } from "../ffi/mod.ts";
import { type Address, formatAddress } from "./address.ts";
import { endpointOf } from "./endpoint.ts";
import { isRetryable, NetError } from "./errors.ts";
import { openGuestPort } from "./hybrid_vsock.ts";
import type { Registrar } from "./poller.ts";
import { sharedReactor } from "./reactor.ts";
import { resolveAddress } from "./resolve.ts";
import { Socket } from "./socket.ts";
import { pause, waitReady, withDeadline } from "./_wait_ready.ts";

/** 20 s for name resolution, connect and handshake: the minimum of gRPC (connection-backoff.md). */
export const DEFAULT_CONNECT_TIMEOUT_MS = 20_000;

/** The pause of `dialUntilReady` between two attempts doubles from 20 ms to 1 s. */
const RETRY_FIRST_MS = 20;
const RETRY_LONGEST_MS = 1_000;

/** 5 ms between attempts while the backlog of a Unix listener is full: connect(2) fails with EAGAIN. */
const BACKLOG_PAUSE_MS = 5;

export interface DialOptions {
  /** Milliseconds for the whole connection. Default 20 s. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Reports when the socket is connected. Default: the reactor of this thread. */
  readonly reactor?: Registrar;
}

/**
 * Connects to an address. The addresses of a host name are tried one after the other.
 *
 * @returns a connected socket, TCP with TCP_NODELAY set
 * @throws {NetError} the errno of the last address tried, `TIMED_OUT`, `ABORTED`, `NAME_NOT_FOUND`,
 *   `WRONG_ADDRESS`, `HANDSHAKE_REFUSED`, `HANDSHAKE_CLOSED`
 */
export function dial(address: Address, options: DialOptions = {}): Promise<Socket> {
  const timeout = options.timeout ?? DEFAULT_CONNECT_TIMEOUT_MS;
  const registrar = options.reactor ?? sharedReactor();
  const action = `connect to ${formatAddress(address)}`;
  return withDeadline(action, timeout, options.signal, async (signal) => {
    refuseWildcard(address);
    const candidates = await abortable(resolveAddress(address), signal);
    let failure: unknown;
    for (const candidate of candidates) {
      try {
        return await connect(candidate, action, registrar, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        failure = error;
      }
    }
    throw failure;
  });
}

/**
 * Connects to an address, and retries failures that may pass (`isRetryable`), with pauses that double from
 * 20 ms to 1 s, until the timeout.
 *
 * @throws {NetError} `TIMED_OUT` with the last failure as its cause, or a failure that is not retryable
 */
export function dialUntilReady(address: Address, options: DialOptions = {}): Promise<Socket> {
  const timeout = options.timeout ?? DEFAULT_CONNECT_TIMEOUT_MS;
  const action = `connect to ${formatAddress(address)}`;
  return withDeadline(action, timeout, options.signal, async (signal) => {
    for (let wait = RETRY_FIRST_MS;; wait = Math.min(2 * wait, RETRY_LONGEST_MS)) {
      let failure: unknown;
      try {
        return await dial(address, { ...options, signal });
      } catch (error) {
        failure = error;
        if (signal.aborted) throw signal.reason;
        if (!isRetryable(error)) throw error;
      }
      try {
        await pause(wait, signal);
      } catch (reason) {
        if (reason instanceof NetError) {
          throw new NetError(reason.code, `${reason.message}: ${message(failure)}`, {
            cause: failure,
          });
        }
        throw reason;
      }
    }
  });
}

/**
 * Starts a connection to an address, whose host must be numeric, for a caller with an event loop. When the
 * socket is writable, `takeError()` gives the result. Makes no handshake of hybrid vsock.
 *
 * @returns the socket; `connected` when the connection is complete already
 * @throws {NetError}
 */
export function startConnect(address: Address): { socket: Socket; connected: boolean } {
  const action = `connect to ${formatAddress(address)}`;
  const { family, sockaddr } = endpointOf(address);
  const fd = libc.socket(family, libc.SOCK_STREAM);
  if (fd < 0) throw failed(action, address, "socket", fd);
  const socket = Socket.adopt(fd);
  try {
    if (address.transport === "tcp") socket.setNoDelay();
    const result = connectOnce(fd, sockaddr);
    if (result < 0 && result !== -libc.errno.EINPROGRESS) {
      throw failed(action, address, "connect", result);
    }
    return { socket, connected: result === 0 };
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** connect(2), repeated after EINTR. The repeated call gives EALREADY or EISCONN for the first one. */
function connectOnce(fd: number, sockaddr: Uint8Array): number {
  let result = libc.connect(fd, sockaddr);
  while (result === -libc.errno.EINTR) result = libc.connect(fd, sockaddr);
  if (result === -libc.errno.EISCONN) return 0;
  return result === -libc.errno.EALREADY ? -libc.errno.EINPROGRESS : result;
}

async function connect(
  address: Address,
  action: string,
  registrar: Registrar,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await reach(address, action, registrar, signal);
  try {
    if (address.transport === "vsock+unix") {
      await openGuestPort(socket, address.port, action, registrar, signal);
    }
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

async function reach(
  address: Address,
  action: string,
  registrar: Registrar,
  signal: AbortSignal,
): Promise<Socket> {
  while (true) {
    let started: ReturnType<typeof startConnect>;
    try {
      started = startConnect(address);
    } catch (error) {
      if (!(error instanceof NetError) || error.code !== "EAGAIN") throw error;
      await pause(BACKLOG_PAUSE_MS, signal);
      continue;
    }
    const { socket, connected } = started;
    if (connected) return socket;
    try {
      await waitReady(registrar, socket.fd, libc.EPOLLOUT, signal);
      const error = socket.takeError();
      if (error !== 0) throw failed(action, address, "connect", -error);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }
}

function refuseWildcard(address: Address): void {
  const wildcard = address.transport === "tcp"
    ? address.port === 0
    : address.transport === "vsock" &&
      (address.cid === libc.VMADDR_CID_ANY || address.port === libc.VMADDR_PORT_ANY);
  if (wildcard) {
    throw new NetError(
      "WRONG_ADDRESS",
      `Cannot connect to ${formatAddress(address)}: name one CID and one port`,
    );
  }
}

/** Advice on an error, by its code. */
const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  EMFILE: "this process has no descriptor left: raise its limit with ulimit -n",
  ECONNRESET: "nothing listens there, or the other side ended it",
  ENODEV: "no machine has this CID, or this one has no vsock: signer doctor says more",
  EAFNOSUPPORT: "the kernel lacks this transport: signer doctor says more",
};

/** Advice on a Unix socket that this user may not open (unix(7), pathname socket ownership). */
const DENIED: Partial<Record<Address["transport"], string>> = {
  "unix":
    "this user may not open the socket: start the server with --unix-mode 0660 for its group or " +
    "0666 for all, or give this user access to the folder",
  "vsock+unix": "this user may not open the monitor's socket: give it write access",
};

function failed(action: string, address: Address, call: string, result: number): NetError {
  const error = libc.LibcError.of(call, result);
  const hint = error.code === "EACCES" ? DENIED[address.transport] : HINTS[error.code];
  return NetError.ofLibc(action, error, hint);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Settles as `promise`, or rejects when `signal` is aborted first. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
