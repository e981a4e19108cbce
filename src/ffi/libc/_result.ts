/**
 * Reading the errno of a failed call.
 *
 * A synchronous FFI call runs on the thread of the isolate and sets the `errno` of that thread, which is read
 * through a view of its memory (`_symbols.ts`): a plain load, without another call or an allocation. (The
 * errno of a `nonblocking: true` call is on another thread, and is never read.)
 *
 * This is not quite reliable. Between the return of the C function and the load, and as long as the calling
 * function is not optimised, V8 may run code on this thread: collect garbage, install compiled code, take
 * a contended lock. A system call in that code that *fails* overwrites errno (a successful one does not,
 * errno(3)). Measured: about once in the life of a process, in its first milliseconds, a failed `recv` was
 * read as ENOENT, from the lookup of /sys/devices/system/cpu/cpu0/tsc_freq_khz at V8's first contended lock.
 * The futex waits of such locks can leave EAGAIN, EINTR and ETIMEDOUT.
 *
 * Therefore:
 *
 * - `settle` repeats a call that changes nothing when it fails, until two results agree.
 * - `plausible` is for calls on the hot path and for calls whose failure consumes state, such as the pending
 *   error of a socket. An errno that the manual page does not list is replaced by EINTR, so that the caller
 *   repeats the call. A false EAGAIN or EINTR does no harm: the epoll is level-triggered and reports the
 *   descriptor again.
 *
 * @module
 */
import { errno } from "./errno.ts";

/** 5 attempts of `settle`; a third has not been observed. */
const MAX_ATTEMPTS = 5;

/**
 * Repeats `call` until two failures in a row have the same errno. Only for calls that change nothing when
 * they fail.
 *
 * @param call returns a C result, -1 for a failure
 * @param errnoView the errno of this thread
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

/** A set of error numbers below 160, with a byte for each number. */
export type ErrnoSet = Uint8Array;

/** Creates a set of error numbers. */
export function errnoSet(...numbers: number[]): ErrnoSet {
  const set = new Uint8Array(160);
  for (const number of numbers) set[number] = 1;
  return set;
}

/** Minus `error` when the call can return it, else `-EINTR`, for which the caller repeats the call. */
export function plausible(error: number, possible: ErrnoSet): number {
  return possible[error] === 1 ? -error : -errno.EINTR;
}
