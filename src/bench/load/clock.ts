/** The clock that the threads of a load share. @module */
import { libc } from "../../ffi/mod.ts";

/** Milliseconds on a monotonic clock that all threads share. Not the time of day. */
export function now(): number {
  return threadOrigin() + performance.now();
}

/**
 * The time on the shared clock at which `performance.now()` of this thread was 0. Without libc it is an estimate, which
 * may differ between threads by milliseconds (`libc.threadOrigin()`).
 */
export function threadOrigin(): number {
  return libc.isSupported() ? libc.threadOrigin() : performance.timeOrigin;
}
