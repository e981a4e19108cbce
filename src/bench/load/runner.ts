/** The sending of one thread's requests when they are due, without a clock and without I/O. @module */
import { Collector } from "../collector/mod.ts";
import type { Pacer } from "../pacer/mod.ts";

/** A phase of a load. The times of its pacer are relative to its start; those of the first, to the load's. */
export interface Phase {
  readonly pacer: Pacer;
  /** Milliseconds from the start of the load. */
  readonly start: number;
  /** True if its requests are measured; false for a warm-up. */
  readonly measured: boolean;
}

/** Options of a `Runner`. Times are in milliseconds. */
export interface RunnerOptions {
  /** The phases in order. All but the last have an end. */
  readonly phases: readonly Phase[];
  readonly collector: Collector;
  /** The number of slots: concurrent requests. */
  readonly concurrency: number;
  /** The clock. */
  readonly now: () => number;
  /** Sends a request. `runner.end()` is called when it has ended, never before this returns. */
  readonly send: (slot: number, now: number) => void;
  /**
   * True if all requests of a step are written to the network after it: they then have one send time, that of the
   * step, because each reading of the clock costs 3 % of a request.
   */
  readonly sendsTogether: boolean;
  /** Time after the end of the load in which requests that were due before may be sent. */
  readonly catchUp: number;
  /** The duration of the load; Infinity if only the number of requests ends it. */
  readonly duration: number;
}

/**
 * The load of one thread: sends requests when the pacer says so, and measures them. It does not wait and has no I/O:
 * its methods are called at events and due times, so tests run it in simulated time.
 *
 * A request that is due while all slots are taken is sent when a slot is free, and its latency is measured from its due
 * time. Otherwise a stalled server would delay requests that nobody measures (coordinated omission).
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #free: Int32Array;
  #freeCount: number;
  /** The slots that are free, in the order in which they became so, from `#firstFree` on. */
  #firstFree = 0;
  readonly #due: Float64Array;
  readonly #sent: Float64Array;
  readonly #measured: Uint8Array;
  /**
   * The collector of the warm-up, whose measurements are dropped, and that of the measured load. Without a collector in the
   * warm-up, V8 would compile the code of collectors and its callers during the measured load.
   */
  readonly #collectors: readonly [Collector, Collector];
  #phase = 0;
  #startedAt = 0;
  #stopped = false;

  constructor(options: RunnerOptions) {
    const { concurrency } = options;
    this.#options = options;
    this.#collectors = [new Collector(Collector.allocate()), options.collector];
    this.#freeCount = concurrency;
    this.#free = Int32Array.from({ length: concurrency }, (_, i) => i);
    this.#due = new Float64Array(concurrency);
    this.#sent = new Float64Array(concurrency);
    this.#measured = new Uint8Array(concurrency);
  }

  /** The number of pending requests. */
  get pending(): number {
    return this.#options.concurrency - this.#freeCount;
  }

  /** True when no request is pending and none will be sent. */
  get finished(): boolean {
    return this.pending === 0 && (this.#stopped || this.#phase >= this.#options.phases.length);
  }

  /** Starts the load. Its time 0 is `at` on the clock. */
  begin(at: number): void {
    this.#startedAt = at;
  }

  /** Stops sending. Pending requests go on. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Sends all requests that are due.
   *
   * @returns the time of the next call on the clock; Infinity to wait for the end of a request, 100 ms at most
   */
  step(): number {
    const { phases, now, sendsTogether } = this.#options;
    let time = now();
    while (!this.#stopped && this.#phase < phases.length) {
      const phase = phases[this.#phase];
      const start = this.#startedAt + phase.start;
      if (time < start) return start;
      const due = phase.pacer.due(time - start);
      // Not in the branch below: V8 would drop the code of this loop at its first use, as the measured load begins.
      this.#phase += due === Infinity ? 1 : 0;
      if (due === Infinity) continue;
      const dueAt = start + due;
      if (dueAt > time) return dueAt;
      if (this.#tooLate(time)) {
        this.#miss(phase);
        continue;
      }
      if (this.#freeCount === 0) return Infinity;
      phase.pacer.take();
      this.#send(dueAt, time, phase.measured ? 1 : 0);
      if (!sendsTogether) time = now();
    }
    return Infinity;
  }

  /**
   * Records the end of a request, whose response was received at the time `at` on the clock.
   *
   * @returns true if the request is measured, false if it is of the warm-up
   */
  end(slot: number, outcome: number, at: number): boolean {
    this.#free[(this.#firstFree + this.#freeCount++) % this.#free.length] = slot;
    const measured = this.#measured[slot];
    this.#collectors[measured].end(this.#due[slot], this.#sent[slot], at, outcome);
    return measured === 1;
  }

  #send(due: number, sent: number, measured: 0 | 1): void {
    const slot = this.#free[this.#firstFree];
    this.#firstFree = this.#firstFree + 1 < this.#free.length ? this.#firstFree + 1 : 0;
    this.#freeCount--;
    this.#due[slot] = due;
    this.#sent[slot] = sent;
    this.#measured[slot] = measured;
    this.#collectors[measured].start(sent - due);
    this.#options.send(slot, sent);
  }

  /** True when nothing is sent any more. */
  #tooLate(time: number): boolean {
    const { duration, catchUp } = this.#options;
    return time >= this.#startedAt + duration + catchUp;
  }

  /** Counts the due requests that are left in the schedule as unsent. */
  #miss({ pacer, measured }: Phase): void {
    let missed = 0;
    for (; pacer.due(Infinity) !== Infinity; missed++) pacer.take();
    this.#collectors[measured ? 1 : 0].miss(missed);
  }
}
