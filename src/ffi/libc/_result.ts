/**
 * How a failed call's errno is read, and how far it can be trusted.
 *
 * A synchronous FFI call runs on the isolate's own thread, so the thread's `errno` is the one that the
 * call has set. It is read through a view of its memory (`_symbols.ts`), a plain load with no call and
 * no allocation in between. (A `nonblocking: true` call runs on another thread: its errno cannot be
 * had at all, and nothing here reads one after such a call.)
 *
 * That is nearly but not quite enough. Between the return of the C function and the load, V8 may still
 * run code of its own on this thread, as long as the calling function is not optimised: collect
 * garbage, install compiled code, take a contended lock. Where that makes a system call that *fails*,
 * errno is overwritten (a call that succeeds leaves it alone, errno(3)). Measured: about once in a
 * process's life, in its first milliseconds, a failed `recv` was read as ENOENT; it is the lookup of
 * /sys/devices/system/cpu/cpu0/tsc_freq_khz at V8's first contended lock. The futex waits of such
 * locks can leave EAGAIN, EINTR and ETIMEDOUT.
 *
 * So errno is taken as evidence, not as proof:
 *
 * - `settle`: a call that changes nothing when it fails is made again until two results agree.
 * - `plausible`: calls on the hot path, and those whose failure consumes something (a socket's pending
 *   error), have a set of numbers that the manual allows; another number means "made unreadable", and
 *   becomes EINTR, upon which the caller repeats the call. A false EAGAIN or EINTR heals by itself:
 *   epoll is level-triggered here, and reports the descriptor again.
 *
 * @module
 */
import { errno } from "./errno.ts";

/** Upper bound of repetitions in `settle`; a third one has not been seen. */
const MAX_ATTEMPTS = 5;

/**
 * The result of `call`, made again until two failures in a row give one errno. Only for calls that
 * change nothing when they fail.
 *
 * @param call gives a C result, -1 for a failure
 * @param errnoView the thread's errno
 * @returns the result, or minus the errno
 */
export function settle(call: () => number, errnoView: Int32Array): number {
  let last = 0;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const result = call();
    const error = errnoView[0];
    if (result >= 0) return result;
    if (error === last) break;
    last = error;
  }
  return -last;
}

/** A set of error numbers below 160, as one byte each. */
export type ErrnoSet = Uint8Array;

/** The set of the named errors. */
export function errnoSet(...numbers: number[]): ErrnoSet {
  const set = new Uint8Array(160);
  for (const number of numbers) set[number] = 1;
  return set;
}

/** Minus `error` when the call can give it, else `-EINTR`: make the call again. */
export function plausible(error: number, possible: ErrnoSet): number {
  return possible[error] === 1 ? -error : -errno.EINTR;
}
