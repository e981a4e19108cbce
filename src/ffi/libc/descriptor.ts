/**
 * System calls on descriptors of any kind: open(2), close(2), fcntl(2), fchmod(2), dup2(2), writev(2), eventfd(2),
 * timerfd_create(2).
 *
 * @module
 */
import { F_GETFL, F_GETPIPE_SZ, F_SETFL, O_CLOEXEC, O_NONBLOCK } from "./constants.ts";
import { errno } from "./errno.ts";
import { errnoSet, plausible, settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

/**
 * Closes a descriptor. There is no result: Linux frees the number even when close(2) fails, and a second
 * call could close a descriptor that another part of the process has opened.
 */
export function close(fd: number): void {
  libc().symbols.close(fd);
}

/**
 * open(2) of an existing file, close-on-exec: the descriptor, or minus the errno. For files under /dev and
 * /sys, which Deno opens only with all permissions.
 */
export function open(path: string, flags: number): number {
  const { symbols, errno } = libc();
  const name = new TextEncoder().encode(`${path}\0`);
  return settle(() => symbols.open(name, flags | O_CLOEXEC), errno);
}

/** The flags of an open descriptor (F_GETFL), or minus the errno: `-EBADF` when it is closed. */
export function getFlags(fd: number): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.fcntl(fd, F_GETFL, 0), errno);
}

/** Makes calls on an inherited descriptor not block (O_NONBLOCK). Returns minus the errno on failure. */
export function setNonBlocking(fd: number): number {
  const flags = getFlags(fd);
  if (flags < 0) return flags;
  const { symbols, errno } = libc();
  return settle(() => symbols.fcntl(fd, F_SETFL, flags | O_NONBLOCK), errno);
}

/**
 * Has the descriptor `target` name the file of `fd` too, in all threads at once (dup2(2)). What it named before is
 * closed. The new one is not close-on-exec.
 *
 * @returns `target`, or minus the errno
 */
export function duplicateTo(fd: number, target: number): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.dup2(fd, target), errno);
}

/** Has reads and writes of a descriptor wait (O_NONBLOCK off), of all descriptors of the same open file. */
export function setBlocking(fd: number): number {
  const flags = getFlags(fd);
  if (flags < 0) return flags;
  const { symbols, errno } = libc();
  return settle(() => symbols.fcntl(fd, F_SETFL, flags & ~O_NONBLOCK), errno);
}

/** The capacity of a pipe in bytes (F_GETPIPE_SZ), or minus the errno: `-EBADF` for another descriptor. */
export function pipeSize(fd: number): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.fcntl(fd, F_GETPIPE_SZ, 0), errno);
}

/** Sets the mode of the file of a descriptor. */
export function fchmod(fd: number, mode: number): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.fchmod(fd, mode), errno);
}

const WRITEV = errnoSet(
  errno.EAGAIN,
  errno.EINTR,
  errno.EBADF,
  errno.EINVAL,
  errno.EPIPE,
  errno.ECONNRESET,
  errno.EIO,
  errno.ENXIO,
  errno.ENOSPC,
  errno.ENOBUFS,
  errno.ENOMEM,
);

/**
 * writev(2): sends all chunks in one call. Raises SIGPIPE when the peer has closed the connection, which Deno
 * ignores from its start. Use `send` for a single chunk.
 */
export function writev(fd: number, chunks: readonly Uint8Array[]): number {
  // struct iovec { void *base; size_t len; }, both of 8 bytes on the two platforms.
  const vector = new BigUint64Array(chunks.length * 2);
  chunks.forEach((chunk, i) => {
    // Reading `buffer` moves a small array out of V8's heap, so that its address does not change.
    const pointer = Deno.UnsafePointer.of(chunk.buffer as ArrayBuffer);
    vector[2 * i] = BigInt(Deno.UnsafePointer.value(pointer)) + BigInt(chunk.byteOffset);
    vector[2 * i + 1] = BigInt(chunk.length);
  });
  const lib = libc();
  const result = lib.symbols.writev(fd, vector, chunks.length);
  return result < 0 ? plausible(lib.errno[0], WRITEV) : result;
}

const EFD_NONBLOCK_CLOEXEC = 0o2004000;
const ONE = new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]);
const counter = new Uint8Array(8);

/** Opens a counter that wakes the epoll of another thread (eventfd(2)). */
export function eventfd(): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.eventfd(0, EFD_NONBLOCK_CLOEXEC), errno);
}

/** Makes an eventfd readable, from any thread. A full counter is readable already. */
export function signalEventfd(fd: number): void {
  libc().symbols.write(fd, ONE, 8n);
}

/** Reads the counter of an eventfd or timerfd, which is unreadable until the next signal. */
export function drainCounter(fd: number): void {
  libc().symbols.read(fd, counter, 8n);
}

const CLOCK_MONOTONIC = 1;

/** Opens a timer that is a descriptor (timerfd_create(2)). */
export function timerfd(): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.timerfd_create(CLOCK_MONOTONIC, EFD_NONBLOCK_CLOEXEC), errno);
}

/** Makes a timerfd readable once, `milliseconds` from now. */
export function armTimerfd(fd: number, milliseconds: number): number {
  // struct itimerspec: interval and value, each seconds and nanoseconds of 8 bytes.
  const spec = new BigInt64Array(4);
  spec[2] = BigInt(Math.trunc(milliseconds / 1000));
  spec[3] = BigInt(Math.trunc(milliseconds % 1000) * 1_000_000);
  const { symbols, errno } = libc();
  return settle(() => symbols.timerfd_settime(fd, 0, spec, null), errno);
}
