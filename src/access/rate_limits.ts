/** Rates of rules, counted over all threads of the process. @module */
import type { Rule } from "./rule.ts";

/** Attempts to write a bucket that other threads write too; after them the request is refused. */
const MAX_ATTEMPTS = 100;

/**
 * The token buckets of rules, in memory that all threads share. A bucket is one number: the time at which it is full
 * again, in microseconds since 1970 (the generic cell rate algorithm, ITU-T I.371 annex A). A request moves that time
 * ahead by the interval of the rate, and is refused when the time would be more than a burst ahead of the clock.
 */
export class RateLimits {
  readonly #buckets: BigInt64Array;
  /** Microseconds that a request and a whole burst take, by rule. */
  readonly #intervals: readonly (readonly [interval: number, burst: number] | undefined)[];
  readonly #now: () => number;

  /**
   * @param memory of `RateLimits.memory()`, the same on every thread
   * @param now milliseconds since 1970, as `Date.now()` gives them: threads have no other clock in common
   */
  constructor(rules: readonly Rule[], memory: SharedArrayBuffer, now: () => number = Date.now) {
    this.#buckets = new BigInt64Array(memory);
    this.#intervals = rules.map(({ rate }) => {
      if (rate === undefined) return undefined;
      const interval = 1e6 / rate.perSecond;
      return [interval, interval * rate.burst];
    });
    this.#now = now;
  }

  /** Allocates buckets, all full. */
  static memory(rules: readonly Rule[]): SharedArrayBuffer {
    return new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT * Math.max(1, rules.length));
  }

  /**
   * Takes a request out of the bucket of a rule.
   *
   * @returns milliseconds until there is room for it; 0 when it was taken
   */
  take(index: number): number {
    const times = this.#intervals[index];
    if (times === undefined) return 0;
    const [interval, burst] = times;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const before = Atomics.load(this.#buckets, index);
      const now = this.#now() * 1000;
      const full = Math.max(Number(before), now);
      const after = full + interval;
      // No request writes a time that is further ahead than a burst: the clock was set back.
      const isWrong = full > now + burst;
      const waitMs = isWrong ? interval / 1000 : (after - now - burst) / 1000;
      if (!isWrong && waitMs > 0) return Math.ceil(waitMs);
      const written = BigInt(Math.floor(isWrong ? now + burst : after));
      if (Atomics.compareExchange(this.#buckets, index, before, written) !== before) continue;
      return isWrong ? Math.ceil(waitMs) : 0;
    }
    return 1;
  }
}
