/**
 * Calls on any descriptor: open(2), close(2), fcntl(2), fchmod(2), writev(2), eventfd(2), timerfd_create(2).
 *
 * @module
 */
import { F_GETFL, F_GETPIPE_SZ, O_CLOEXEC } from "./constants.ts";
import { errno } from "./errno.ts";
import { errnoSet, plausible, settle } from "./_result.ts";
import { libc } from "./_symbols.ts";

/**
 * Closes a descriptor. Its result says nothing of use: Linux frees the number even where close(2)
 * fails, so to repeat it could close another's descriptor.
 */
export function close(fd: number): void {
  libc().symbols.close(fd);
}

/**
 * open(2), without creating: the descriptor, or minus the errno. It is close-on-exec. Deno itself opens
 * what is under /dev and /sys with all permissions only.
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

/** The bytes that a pipe holds (F_GETPIPE_SZ), or minus the errno: `-EBADF` for a descriptor of another kind. */
export function pipeSize(fd: number): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.fcntl(fd, F_GETPIPE_SZ, 0), errno);
}

/** Sets the mode of the file behind a descriptor. */
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
  errno.ENOBUFS,
  errno.ENOMEM,
);

/**
 * writev(2): the chunks in one call. It raises SIGPIPE where the peer has gone, which Deno ignores from
 * its start; a single chunk is better sent with `send`.
 */
export function writev(fd: number, chunks: readonly Uint8Array[]): number {
  // struct iovec { void *base; size_t len; }, both of 8 bytes on the two platforms.
  const vector = new BigUint64Array(chunks.length * 2);
  chunks.forEach((chunk, i) => {
    // Of the whole ArrayBuffer: asking for it moves a small array off V8's heap, so that it stays put.
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

/** A counter to wake another thread's epoll with (eventfd(2)). */
export function eventfd(): number {
  const { symbols, errno } = libc();
  return settle(() => symbols.eventfd(0, EFD_NONBLOCK_CLOEXEC), errno);
}

/** Makes an eventfd readable. From any thread. A full counter is readable already, so nothing is lost. */
export function signalEventfd(fd: number): void {
  libc().symbols.write(fd, ONE, 8);
}

/** Makes an eventfd or timerfd unreadable until it is next signalled. */
export function drainCounter(fd: number): void {
  libc().symbols.read(fd, counter, 8);
}

const CLOCK_MONOTONIC = 1;

/** A timer that is a descriptor (timerfd_create(2)). */
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
