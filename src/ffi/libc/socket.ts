/**
 * System calls on sockets. Each returns its C result, or minus the errno (see `_result.ts`).
 * socket(2), bind(2), listen(2), accept(2), connect(2), recv(2), send(2), getsockopt(2), shutdown(2).
 *
 * @module
 */
import {
  MSG_NOSIGNAL,
  SO_ERROR,
  SO_PEERCRED,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from "./constants.ts";
import { errno } from "./errno.ts";
import { errnoSet, plausible, settle } from "./_result.ts";
import { decodeSockaddr, SOCKADDR_MAX, type SocketAddress } from "./sockaddr.ts";
import { libc } from "./_symbols.ts";

/** The error numbers of calls on a connected socket. */
const TRANSFER_ERRORS = [
  errno.EAGAIN,
  errno.EINTR,
  errno.EBADF,
  errno.EFAULT,
  errno.EINVAL,
  errno.ENOTSOCK,
  errno.ENOTCONN,
  errno.ECONNRESET,
  errno.ECONNREFUSED,
  errno.ECONNABORTED,
  errno.ETIMEDOUT,
  errno.EHOSTUNREACH,
  errno.ENETUNREACH,
  errno.ENETDOWN,
  errno.EHOSTDOWN,
  errno.EPROTO,
  errno.EPIPE,
  errno.ENOMEM,
  errno.ENOBUFS,
  errno.EOPNOTSUPP,
  errno.EPERM,
  errno.EACCES,
  errno.EIO,
  errno.ENODEV,
  errno.EMSGSIZE,
  errno.EDESTADDRREQ,
];
const TRANSFER = errnoSet(...TRANSFER_ERRORS);
const ACCEPT = errnoSet(...TRANSFER_ERRORS, errno.EMFILE, errno.ENFILE);
const CONNECT = errnoSet(
  ...TRANSFER_ERRORS,
  errno.EINPROGRESS,
  errno.EALREADY,
  errno.EISCONN,
  errno.EADDRINUSE,
  errno.EADDRNOTAVAIL,
  errno.EAFNOSUPPORT,
  errno.EPROTOTYPE,
  errno.ENOENT,
  errno.ENOTDIR,
  errno.ELOOP,
);

/** Opens a socket, close-on-exec and non-blocking. */
export function socket(family: number, type: number): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), errno);
}

/** Opens two connected Unix stream sockets, close-on-exec and non-blocking. */
export function socketpair(family: number, type: number, pair: Int32Array): number {
  const { symbols, errno } = libc();
  const flags = type | SOCK_NONBLOCK | SOCK_CLOEXEC;
  return settle(() => symbols.socketpair(family, flags, 0, pair as BufferSource), errno);
}

export function bind(fd: number, address: Uint8Array): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.bind(fd, address as BufferSource, address.length), errno);
}

export function listen(fd: number, backlog: number): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.listen(fd, backlog), errno);
}

/** Accepts a connection, close-on-exec and non-blocking; `-EAGAIN` when none waits. */
export function accept4(fd: number): number {
  const { symbols, errno } = libc();
  const result = symbols.accept4(fd, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return result < 0 ? plausible(errno[0], ACCEPT) : result;
}

/** Starts a connection: 0, `-EINPROGRESS`, or another error. Unix sockets connect at once or fail. */
export function connect(fd: number, address: Uint8Array): number {
  const { symbols, errno } = libc();
  const result = symbols.connect(fd, address as BufferSource, address.length);
  return result < 0 ? plausible(errno[0], CONNECT) : result;
}

/**
 * Reads at most `length` bytes to the start of `buffer`. Returns the number of bytes, 0 at the end of the
 * stream, or `-EAGAIN` when no bytes wait.
 */
export function recv(fd: number, buffer: Uint8Array, length: number, flags = 0): number {
  if (length > buffer.length) return -errno.EINVAL;
  const lib = libc();
  const result = lib.symbols.recv(fd, buffer as BufferSource, BigInt(length), flags);
  return result < 0 ? plausible(lib.errno[0], TRANSFER) : result;
}

/**
 * Sends the first `length` bytes of `buffer`. Returns the number of bytes that the kernel took, which may be
 * fewer, or `-EPIPE` when the peer has closed the connection. Never raises SIGPIPE.
 */
export function send(fd: number, buffer: Uint8Array, length: number, flags = 0): number {
  if (length > buffer.length) return -errno.EINVAL;
  const lib = libc();
  const result = lib.symbols.send(fd, buffer as BufferSource, BigInt(length), flags | MSG_NOSIGNAL);
  return result < 0 ? plausible(lib.errno[0], TRANSFER) : result;
}

/** Shuts down one or both directions: SHUT_RD, SHUT_WR, SHUT_RDWR. */
export function shutdown(fd: number, how: number): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.shutdown(fd, how), errno);
}

/** Sets an option whose value is an int. */
export function setsockopt(fd: number, level: number, option: number, value: number): number {
  return setsockoptBytes(fd, level, option, new Int32Array([value]));
}

/** Sets an option whose value is a structure. */
export function setsockoptBytes(
  fd: number,
  level: number,
  option: number,
  value: ArrayBufferView,
): number {
  const { symbols, errno } = libc();
  const bytes = value as BufferSource;
  return settle(() => symbols.setsockopt(fd, level, option, bytes, value.byteLength), errno);
}

/** Reads an option into `value`. Returns the number of bytes that the kernel wrote. */
export function getsockopt(
  fd: number,
  level: number,
  option: number,
  value: ArrayBufferView,
): number {
  const { symbols, errno } = libc();
  const length = new Uint32Array([value.byteLength]);
  const result = settle(
    () => symbols.getsockopt(fd, level, option, value as BufferSource, length),
    errno,
  );
  return result < 0 ? result : length[0];
}

/** Reads and clears the pending error of a socket, a positive number; 0 when there is none. */
export function socketError(fd: number): number {
  const value = new Int32Array(1);
  const result = getsockopt(fd, SOL_SOCKET, SO_ERROR, value);
  return result < 0 ? -result : value[0];
}

/** The peer process of a Unix socket, at the time of connect(2) or listen(2). */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Reads SO_PEERCRED (unix(7)), a `struct ucred` of three 32-bit integers; minus the errno on failure. */
export function peerCredentials(fd: number): PeerCredentials | number {
  const value = new Uint32Array(3);
  const result = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value);
  return result < 0 ? result : { pid: value[0], uid: value[1], gid: value[2] };
}

/** Reads the local address of a socket; minus the errno on failure. */
export function getsockname(fd: number): SocketAddress | number {
  return name("getsockname", fd);
}

/** Reads the address of the peer; minus the errno on failure. */
export function getpeername(fd: number): SocketAddress | number {
  return name("getpeername", fd);
}

function name(call: "getsockname" | "getpeername", fd: number): SocketAddress | number {
  const { symbols, errno } = libc();
  const bytes = new Uint8Array(SOCKADDR_MAX);
  const length = new Uint32Array([bytes.length]);
  const result = settle(() => symbols[call](fd, bytes, length), errno);
  if (result < 0) return result;
  return decodeSockaddr(bytes.subarray(0, Math.min(length[0], bytes.length)));
}
