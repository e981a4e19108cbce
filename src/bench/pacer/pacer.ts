/** Pacers: the times at which requests are due. @module */
import type { Schedule } from "./schedule.ts";

/** No due time. A constant, as V8 would drop compiled code at the first use of the global, when the warm-up ends. */
const NEVER = Infinity;

/**
 * Computes the due times of requests. Times are in milliseconds from the start of the load; a pacer has no clock.
 */
export interface Pacer {
  /** The due time of the next request, which may be in the past: `now` in a closed loop, Infinity for never. */
  due(now: number): number;
  /** Moves on to the next request. */
  take(): void;
}

/** The end of a load: a number of requests or a time in milliseconds, whichever is first. */
export interface LoadEnd {
  readonly requests: number;
  readonly duration: number;
}

/** The share of a thread: every `threads`-th request. */
export interface Share {
  readonly thread: number;
  readonly threads: number;
}

/**
 * The pacer of an open loop: requests are due by a schedule, regardless of earlier responses. A thread has the
 * requests whose number modulo `threads` is its own.
 */
export class OpenPacer implements Pacer {
  readonly #schedule: Schedule;
  readonly #end: LoadEnd;
  readonly #stride: number;
  #next: number;
  #due: number;

  constructor(schedule: Schedule, end: LoadEnd, { thread, threads }: Share) {
    this.#schedule = schedule;
    this.#end = end;
    this.#stride = threads;
    this.#next = thread;
    this.#due = this.#dueOf(thread);
  }

  due(): number {
    return this.#due;
  }

  take(): void {
    this.#next += this.#stride;
    this.#due = this.#dueOf(this.#next);
  }

  #dueOf(k: number): number {
    if (k >= this.#end.requests) return Infinity;
    const due = this.#schedule.dueAt(k);
    return due < this.#end.duration ? due : Infinity;
  }
}

/** The pacer of a closed loop: a request is due as soon as a slot is free. */
export class ClosedPacer implements Pacer {
  readonly #duration: number;
  #left: number;

  constructor({ requests, duration }: LoadEnd, { thread, threads }: Share) {
    this.#duration = duration;
    this.#left = requests === Infinity ? Infinity : Math.ceil((requests - thread) / threads);
  }

  due(now: number): number {
    return this.#left > 0 && now < this.#duration ? now : NEVER;
  }

  take(): void {
    this.#left--;
  }
}
