/** The measurements of one thread. @module */
import { Histogram } from "./histogram.ts";
import { OUTCOMES } from "./outcome.ts";

/** Index of the counter of started requests. The counters of outcomes precede it. */
const STARTED = OUTCOMES;
const UNSENT = OUTCOMES + 1;
const COUNTERS = OUTCOMES + 2;

const NS_PER_MS = 1e6;

/**
 * The measurements of one thread, in shared memory of constant size that other threads can read at any time.
 * Latencies are recorded for requests that ended with OK only: refusals are quick, and would make a server look better
 * the more it refuses.
 */
export class Collector {
  /** Latency from the due time of a request to its end. */
  readonly corrected: Histogram;
  /** Latency from the send time of a request to its end. */
  readonly uncorrected: Histogram;
  /** Time from the due time of a request to its send time. */
  readonly lateness: Histogram;
  readonly #counters: Float64Array;

  /** @param buffer from `Collector.allocate()` on any thread */
  constructor(buffer: SharedArrayBuffer) {
    this.corrected = Histogram.at(buffer, 0);
    this.uncorrected = Histogram.at(buffer, Histogram.BYTES);
    this.lateness = Histogram.at(buffer, 2 * Histogram.BYTES);
    this.#counters = new Float64Array(buffer, 3 * Histogram.BYTES, COUNTERS);
  }

  /** Allocates the shared memory of a collector. */
  static allocate(): SharedArrayBuffer {
    const counters = COUNTERS * Float64Array.BYTES_PER_ELEMENT;
    return new SharedArrayBuffer(3 * Histogram.BYTES + counters);
  }

  get started(): number {
    return this.#counters[STARTED];
  }

  /** Requests that were due and never sent, because all slots were taken. */
  get unsent(): number {
    return this.#counters[UNSENT];
  }

  /** Requests that have ended, with any outcome. */
  get ended(): number {
    return this.outcomes.reduce((sum, count) => sum + count, 0);
  }

  /** Number of requests by outcome. */
  get outcomes(): readonly number[] {
    return [...this.#counters.subarray(0, OUTCOMES)];
  }

  /** Records that a request is sent, `late` milliseconds after its due time. */
  start(late: number): void {
    this.#counters[STARTED]++;
    this.lateness.record(Math.round(late * NS_PER_MS));
  }

  /** Records the end of a request. Times are in milliseconds of one clock. */
  end(due: number, sent: number, now: number, outcome: number): void {
    this.#counters[outcome]++;
    if (outcome !== 0) return;
    this.corrected.record(Math.round((now - due) * NS_PER_MS));
    this.uncorrected.record(Math.round((now - sent) * NS_PER_MS));
  }

  miss(count: number): void {
    this.#counters[UNSENT] += count;
  }

  /** Adds the measurements of another collector. */
  add(other: Collector): void {
    this.corrected.add(other.corrected);
    this.uncorrected.add(other.uncorrected);
    this.lateness.add(other.lateness);
    for (let i = 0; i < COUNTERS; i++) this.#counters[i] += other.#counters[i];
  }

  /** Resets all measurements. */
  clear(): void {
    this.corrected.clear();
    this.uncorrected.clear();
    this.lateness.clear();
    this.#counters.fill(0);
  }
}
