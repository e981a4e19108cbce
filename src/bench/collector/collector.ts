import { Histogram } from "./histogram.ts";
import { OUTCOMES } from "./outcome.ts";

/** Where the counters stand, before them one for each outcome. */
const STARTED = OUTCOMES;
const UNSENT = OUTCOMES + 1;
const COUNTERS = OUTCOMES + 2;

const NS_PER_MS = 1e6;

/**
 * What one thread has measured, in memory that others can read meanwhile. Its size does not change,
 * however long the load takes. Latencies are those of requests that ended with OK: a refusal is quick,
 * and would make a server look better the more it refuses.
 */
export class Collector {
  /** From the moment a request was due to its end. */
  readonly corrected: Histogram;
  /** From the moment a request was sent to its end. */
  readonly uncorrected: Histogram;
  /** From the moment a request was due to when it was sent. */
  readonly lateness: Histogram;
  readonly #counters: Float64Array;

  /** @param buffer from `Collector.allocate()`, of this thread or another */
  constructor(buffer: SharedArrayBuffer) {
    this.corrected = Histogram.at(buffer, 0);
    this.uncorrected = Histogram.at(buffer, Histogram.BYTES);
    this.lateness = Histogram.at(buffer, 2 * Histogram.BYTES);
    this.#counters = new Float64Array(buffer, 3 * Histogram.BYTES, COUNTERS);
  }

  /** Memory for one, which threads can share. */
  static allocate(): SharedArrayBuffer {
    const counters = COUNTERS * Float64Array.BYTES_PER_ELEMENT;
    return new SharedArrayBuffer(3 * Histogram.BYTES + counters);
  }

  get started(): number {
    return this.#counters[STARTED];
  }

  /** Requests that were due, and for which there was never room among those under way. */
  get unsent(): number {
    return this.#counters[UNSENT];
  }

  /** Requests by outcome. */
  get outcomes(): readonly number[] {
    return [...this.#counters.subarray(0, OUTCOMES)];
  }

  /** A request is sent `late` milliseconds after it was due. */
  start(late: number): void {
    this.#counters[STARTED]++;
    this.lateness.record(Math.round(late * NS_PER_MS));
  }

  /** A request has ended. Times are milliseconds of one clock. */
  end(due: number, sent: number, now: number, outcome: number): void {
    this.#counters[outcome]++;
    if (outcome !== 0) return;
    this.corrected.record(Math.round((now - due) * NS_PER_MS));
    this.uncorrected.record(Math.round((now - sent) * NS_PER_MS));
  }

  miss(count: number): void {
    this.#counters[UNSENT] += count;
  }

  /** Adds all that another one has. */
  add(other: Collector): void {
    this.corrected.add(other.corrected);
    this.uncorrected.add(other.uncorrected);
    this.lateness.add(other.lateness);
    for (let i = 0; i < COUNTERS; i++) this.#counters[i] += other.#counters[i];
  }

  /** Forgets all. */
  clear(): void {
    this.corrected.clear();
    this.uncorrected.clear();
    this.lateness.clear();
    this.#counters.fill(0);
  }
}
