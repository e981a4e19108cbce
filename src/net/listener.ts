/** Listening sockets. @module */
import { libc } from "../ffi/mod.ts";
import { type Address, formatAddress } from "./address.ts";
import { endpointOf, hybridListenPath, localAddress } from "./endpoint.ts";
import { NetError } from "./errors.ts";
import { resolveAddress } from "./resolve.ts";
import { identify, removeOwn, removeStale, type SocketFile } from "./_socket_file.ts";
import { Socket } from "./socket.ts";

/** 4,096 connections that wait to be accepted; the kernel caps it at net.core.somaxconn. */
const DEFAULT_BACKLOG = 4096;

/** The file mode of a Unix socket: only its owner may connect. */
const DEFAULT_UNIX_MODE = 0o600;

export interface ListenOptions {
  /** Connections that wait to be accepted, at most net.core.somaxconn. */
  readonly backlog?: number;
  /** Permission bits of a Unix socket's file. Default 0600. */
  readonly unixMode?: number | undefined;
  /** A descriptor that listens there already, inherited from the process that started this one. */
  readonly inherited?: number | undefined;
}

/** Owns a listening descriptor, and its socket file. No method blocks. */
export class Listener implements Disposable {
  /** The bound address, with the port that the kernel has chosen. */
  readonly address: Address;
  #fd: number;
  readonly #file: SocketFile | undefined;

  private constructor(fd: number, address: Address, file: SocketFile | undefined) {
    this.#fd = fd;
    this.address = address;
    this.#file = file;
  }

  /**
   * Listens on an address, whose host must be numeric. A hybrid vsock listens on the Unix socket `PATH_PORT`,
   * to which its guest connects.
   *
   * @throws {NetError} EADDRINUSE, EADDRNOTAVAIL, EACCES, `PATH_IN_USE`, …
   */
  static open(address: Address, options: ListenOptions = {}): Listener {
    const path = socketPath(address);
    if (path !== undefined) removeStale(path);
    const endpoint = endpointOf(
      path === undefined ? address : { transport: "unix", path },
    );
    const where = `listen on ${formatAddress(address)}`;
    const fd = attempt(where, "socket", libc.socket(endpoint.family, libc.SOCK_STREAM));
    let file: SocketFile | undefined;
    try {
      const mode = options.unixMode ?? DEFAULT_UNIX_MODE;
      setOptions(fd, endpoint.family);
      // The kernel creates the file with the mode of the socket, less the umask (unix_bind): at no
      // time is the file open to more than `mode`.
      if (path !== undefined) attempt(where, "fchmod", libc.fchmod(fd, mode));
      attempt(where, "bind", libc.bind(fd, endpoint.sockaddr));
      if (path !== undefined) {
        file = identify(path);
        // Before listen(2) no connection is possible, so restoring the bits of the umask is no race.
        Deno.chmodSync(path, mode);
      }
      attempt(where, "listen", libc.listen(fd, options.backlog ?? DEFAULT_BACKLOG));
      const bound = address.transport === "vsock+unix" ? address : localAddress(fd) ?? address;
      return new Listener(fd, bound, file);
    } catch (error) {
      libc.close(fd);
      if (file !== undefined) removeOwn(file);
      throw error;
    }
  }

  /** Takes ownership of a listening descriptor of another thread or process, which keeps the socket file. */
  static adopt(fd: number, address: Address): Listener {
    return new Listener(fd, address, undefined);
  }

  /** The descriptor; -1 after `close`. */
  get fd(): number {
    return this.#fd;
  }

  /**
   * Accepts a connection, with its peer read and TCP_NODELAY set. Returns minus the errno on failure:
   * `-EAGAIN` when no connection waits.
   */
  accept(): Socket | number {
    const fd = libc.accept4(this.#fd);
    if (fd < 0) return fd;
    const socket = Socket.adopt(fd);
    if (socket.peer.transport === "tcp") socket.setNoDelay();
    return socket;
  }

  /** Stops listening, and removes the socket file unless another server has replaced it. */
  close(): void {
    if (this.#fd < 0) return;
    // Remove the file first, so that a new listener can use the path.
    if (this.#file !== undefined) removeOwn(this.#file);
    libc.close(this.#fd);
    this.#fd = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Resolves the host of `address`, and listens on the first of the addresses found.
 *
 * @throws {NetError}
 */
export async function listen(address: Address, options?: ListenOptions): Promise<Listener> {
  if (options?.inherited !== undefined) return Listener.adopt(options.inherited, address);
  const [first] = await resolveAddress(address);
  return Listener.open(first, options);
}

function socketPath(address: Address): string | undefined {
  if (address.transport === "unix") return address.path;
  return address.transport === "vsock+unix"
    ? hybridListenPath(address.path, address.port)
    : undefined;
}

function setOptions(fd: number, family: number): void {
  if (family !== libc.AF_INET && family !== libc.AF_INET6) return;
  // A restarted server gets its port although old connections are in TIME_WAIT (socket(7)).
  libc.check("setsockopt", libc.setsockopt(fd, libc.SOL_SOCKET, libc.SO_REUSEADDR, 1));
}

/** Advice on an error, by its code. */
const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process listens there: stop it or choose another port",
  EADDRNOTAVAIL: "this machine does not have the address",
  EACCES: "ports below 1024 and closed directories need privileges",
  ENOENT: "the folder of the socket does not exist: make it",
  EAFNOSUPPORT: "the kernel lacks this transport: signer doctor says more",
  ENODEV: "there is no vsock device: signer doctor says more",
};

function attempt(action: string, call: string, result: number): number {
  if (result >= 0) return result;
  const error = libc.LibcError.of(call, result);
  throw NetError.ofLibc(action, error, HINTS[error.code]);
}
