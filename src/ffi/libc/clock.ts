/**
 * Clocks: clock_gettime(2), clock_getcpuclockid(3).
 *
 * A read takes 0.03 µs in compiled code, and one by `performance.now()` 0.09 µs: V8 calls that function of Deno by its
 * slow interface.
 *
 * @module
 */
import { isSupported, libc } from "./_symbols.ts";

/** Clocks of time.h. */
const CLOCK_MONOTONIC = 1;
const CLOCK_THREAD_CPUTIME_ID = 3;

/** A timespec by its halves, the lower first, which saves two BigInts. */
const time = new Uint32Array(4);

/** Reads a clock that every thread has, in milliseconds. */
function read(clock: number): number {
  libc().symbols.clock_gettime(clock, time);
  return milliseconds();
}

/** The time that was read last. */
function milliseconds(): number {
  const seconds = time[1] * 0x1_0000_0000 + time[0];
  return seconds * 1e3 + time[2] / 1e6;
}

/** The monotonic clock of the machine in milliseconds, which all threads and processes share. */
export function monotonicMs(): number {
  return read(CLOCK_MONOTONIC);
}

/** The CPU time of the calling thread in milliseconds. */
export function threadCpuMs(): number {
  return read(CLOCK_THREAD_CPUTIME_ID);
}

/** Attempts to read two clocks without an interruption between them. */
const MAX_ATTEMPTS = 20;

/** The error in milliseconds that ends the attempts. */
const GOOD_MS = 0.002;

let origin: number | undefined;

/**
 * The time on the machine's clock at which `performance.now()` of this thread was 0. `performance.timeOrigin` is not as
 * exact: it is read from two clocks, one after the other, and wrong by the time between them, on a busy machine sometimes
 * several milliseconds.
 */
export function threadOrigin(): number {
  return origin ??= measuredOrigin();
}

function measuredOrigin(): number {
  let best = { error: Infinity, origin: 0 };
  for (let attempt = 0; attempt < MAX_ATTEMPTS && best.error > GOOD_MS; attempt++) {
    const before = monotonicMs();
    const own = performance.now();
    const error = (monotonicMs() - before) / 2;
    if (error < best.error) best = { error, origin: before + error - own };
  }
  return best.origin;
}

/** Reads the time of `performance.now()` in milliseconds, with an error of some microseconds. */
export function now(): number {
  return monotonicMs() - threadOrigin();
}

/**
 * The CPU time of a process of any user, all of its threads together, in seconds. The clock counts nanoseconds;
 * `/proc/PID/stat` counts in ticks of 10 ms. Undefined when there is no such process, or no libc.
 */
export function processCpuSeconds(pid: number): number | undefined {
  if (!isSupported()) return undefined;
  const clock = new Int32Array(1);
  const { symbols } = libc();
  if (symbols.clock_getcpuclockid(pid, clock) !== 0) return undefined;
  if (symbols.clock_gettime(clock[0], time) !== 0) return undefined;
  return milliseconds() / 1e3;
}
