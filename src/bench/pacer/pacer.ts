import type { Schedule } from "./schedule.ts";

/**
 * Says when the next request is due. It has no clock: times are handed in, in milliseconds from the
 * start of the load.
 */
export interface Pacer {
  /** When the next request is due: perhaps in the past, `now` where one always is, Infinity for never. */
  due(now: number): number;
  /** The request that was due has been taken. */
  take(): void;
}

/** Where a load ends: after so many requests, or milliseconds, whichever comes first. */
export interface LoadEnd {
  readonly requests: number;
  readonly duration: number;
}

/** One of several threads that share a load: each takes every `threads`-th request. */
export interface Share {
  readonly thread: number;
  readonly threads: number;
}

/**
 * Open loop: requests are due when the schedule says so, whether or not those before were answered. A
 * thread's requests are those whose number leaves the thread's own as a remainder.
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

/** Closed loop: a request is due as soon as there is somebody to make it. */
export class ClosedPacer implements Pacer {
  readonly #duration: number;
  #left: number;

  constructor({ requests, duration }: LoadEnd, { thread, threads }: Share) {
    this.#duration = duration;
    this.#left = requests === Infinity ? Infinity : Math.ceil((requests - thread) / threads);
  }

  due(now: number): number {
    return this.#left > 0 && now < this.#duration ? now : Infinity;
  }

  take(): void {
    this.#left--;
  }
}
