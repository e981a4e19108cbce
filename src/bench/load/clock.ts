/**
 * The clock that the threads of a load share. `performance.now()` counts from an origin of each thread, of which
 * `performance.timeOrigin` is an estimate: the thread reads two clocks for it, one after the other. Its error is the time
 * between them, on a busy machine sometimes several milliseconds.
 *
 * @module
 */
import { libc } from "../../ffi/mod.ts";

/** Attempts to read both clocks without an interruption between them. */
const MAX_ATTEMPTS = 20;

/** The error in milliseconds that ends the attempts. */
const GOOD_MS = 0.02;

let origin: number | undefined;

/** Milliseconds on a monotonic clock that all threads share. Not the time of day. */
export function now(): number {
  return threadOrigin() + performance.now();
}

/** The time on the shared clock at which `performance.now()` of this thread was 0. */
export function threadOrigin(): number {
  return origin ??= measuredOrigin();
}

/** The origin on the monotonic clock of the machine, clock_gettime(2), or the estimate where there is no libc. */
function measuredOrigin(): number {
  if (!libc.isSupported()) return performance.timeOrigin;
  let best = { error: Infinity, origin: 0 };
  for (let attempt = 0; attempt < MAX_ATTEMPTS && best.error > GOOD_MS; attempt++) {
    const before = machineMs();
    const own = performance.now();
    const after = machineMs();
    const error = (after - before) / 2;
    if (error < best.error) best = { error, origin: before + error - own };
  }
  return best.origin;
}

function machineMs(): number {
  return Number(libc.monotonicMicroseconds()) / 1e3;
}
