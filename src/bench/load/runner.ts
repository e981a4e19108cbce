import type { Collector } from "../collector/mod.ts";
import type { Pacer } from "../pacer/mod.ts";

/** A stretch of a load. The first one's times begin with the load, each other's with its own start. */
export interface Phase {
  readonly pacer: Pacer;
  /** Milliseconds from the start of the load. */
  readonly start: number;
  /** Whether what is sent in it is measured: not so for a warm-up. */
  readonly measured: boolean;
}

/** What a runner needs. Times are milliseconds. */
export interface RunnerOptions {
  /** In their order; each but the last has an end. */
  readonly phases: readonly Phase[];
  readonly collector: Collector;
  /** Requests that may be under way at once. */
  readonly concurrency: number;
  /** The clock. */
  readonly now: () => number;
  /** Sends a request. `runner.end()` is called when it has ended, never before this returns. */
  readonly send: (slot: number) => void;
  /** How long after the end of the load requests that were due before it may still be sent. */
  readonly catchUp: number;
  /** When the load ends by its time, in milliseconds from its start; Infinity for by its count only. */
  readonly duration: number;
}

/**
 * One thread's load: asks the pacer, sends, and measures. It neither waits nor knows what sends: it is
 * called when something has happened or the time has come, so simulated time is as good as real time.
 *
 * A request that is due while all slots are taken is sent when there is room, and its latency counts
 * from when it was due. That is what keeps a server that stalls from hiding it: the requests that it
 * kept from being sent have waited too (coordinated omission).
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #free: Int32Array;
  #freeCount: number;
  readonly #due: Float64Array;
  readonly #sent: Float64Array;
  readonly #measured: Uint8Array;
  #phase = 0;
  #startedAt = 0;
  #stopped = false;

  constructor(options: RunnerOptions) {
    const { concurrency } = options;
    this.#options = options;
    this.#freeCount = concurrency;
    this.#free = Int32Array.from({ length: concurrency }, (_, i) => concurrency - 1 - i);
    this.#due = new Float64Array(concurrency);
    this.#sent = new Float64Array(concurrency);
    this.#measured = new Uint8Array(concurrency);
  }

  /** Requests under way. */
  get pending(): number {
    return this.#options.concurrency - this.#freeCount;
  }

  /** Whether nothing is under way, and nothing will be. */
  get finished(): boolean {
    return this.pending === 0 && (this.#stopped || this.#phase >= this.#options.phases.length);
  }

  /** The load begins: its time 0 is `at` on the clock. */
  begin(at: number): void {
    this.#startedAt = at;
  }

  /** Sends nothing more. What is under way goes on. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Sends all that is due.
   *
   * @returns when to call again, on the clock; Infinity for after the next end of a request
   */
  step(): number {
    const { phases, now } = this.#options;
    while (!this.#stopped && this.#phase < phases.length) {
      const phase = phases[this.#phase];
      const start = this.#startedAt + phase.start;
      const time = now();
      if (time < start) return start;
      const due = phase.pacer.due(time - start);
      if (due === Infinity) {
        this.#phase++;
        continue;
      }
      const dueAt = start + due;
      if (dueAt > time) return dueAt;
      if (this.#tooLate(time)) {
        this.#miss(phase);
        continue;
      }
      if (this.#freeCount === 0) return this.#lastCall();
      phase.pacer.take();
      this.#send(dueAt, time, phase.measured);
      // Most often in a closed loop; to look at the clock again would take a hundredth of a request.
      if (this.#freeCount === 0) return this.#lastCall();
    }
    return Infinity;
  }

  /** A request has ended. */
  end(slot: number, outcome: number): void {
    this.#free[this.#freeCount++] = slot;
    if (this.#measured[slot] === 0) return;
    const { collector, now } = this.#options;
    collector.end(this.#due[slot], this.#sent[slot], now(), outcome);
  }

  #send(due: number, sent: number, measured: boolean): void {
    const slot = this.#free[--this.#freeCount];
    this.#due[slot] = due;
    this.#sent[slot] = sent;
    this.#measured[slot] = measured ? 1 : 0;
    if (measured) this.#options.collector.start(sent - due);
    this.#options.send(slot);
  }

  #tooLate(time: number): boolean {
    return time >= this.#lastCall();
  }

  /** From when on nothing is sent any more. */
  #lastCall(): number {
    const { duration, catchUp } = this.#options;
    return this.#startedAt + duration + catchUp;
  }

  /** Counts what the schedule still has: it was due, and was never sent. */
  #miss({ pacer, measured }: Phase): void {
    let missed = 0;
    for (; pacer.due(Infinity) !== Infinity; missed++) pacer.take();
    if (measured) this.#options.collector.miss(missed);
  }
}
