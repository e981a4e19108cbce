/** Timers of a channel: their queue, and the backoff of reconnects. @module */
import { libc } from "../../../ffi/mod.ts";
import type { PollHandler, Registrar } from "../../../net/mod.ts";
import { defaultReconnect, type ReconnectOptions } from "../../mod.ts";
import { type Due, DueHeap } from "../../scheduling/mod.ts";

/** An item of a timer queue. */
export interface Timed extends Due {
  /** The time, on the clock of `performance.now()`. Written by the queue. */
  due: number;
  /** Called at the time, once the item has left the queue. */
  onDue(now: number): void;
}

/** A function to be called at a time. */
export class Timer implements Timed {
  due = Infinity;
  place = -1;
  order = 0;

  /** @param onDue called with the time, on the clock of `performance.now()` */
  constructor(readonly onDue: (now: number) => void) {}
}

/**
 * A queue of timers that runs by a timerfd on the channel's registrar. So timers also run in a thread
 * that blocks in a `Poller`, where Deno's own do not. The timerfd is armed for the nearest time, and
 * stays armed when that timer is cleared: a call that ends before its deadline costs no system call.
 */
export class TimerQueue implements PollHandler, Disposable {
  readonly #registrar: Registrar;
  readonly #heap = new DueHeap<Timed>();
  #fd = -1;
  #armedFor = Infinity;
  #closed = false;

  constructor(registrar: Registrar) {
    this.#registrar = registrar;
  }

  /** Sets an item to run at a time, in place of any earlier one. */
  set(timed: Timed, due: number): void {
    if (this.#closed) return;
    this.#heap.remove(timed);
    timed.due = due;
    this.#heap.add(timed);
    this.#arm();
  }

  /** Removes an item. */
  clear(timed: Timed): void {
    this.#heap.remove(timed);
  }

  /** Called by the registrar when the timerfd has expired. */
  onReady(): void {
    libc.drainCounter(this.#fd);
    this.#armedFor = Infinity;
    const now = performance.now();
    for (let timed; (timed = this.#heap.takeDue(now)) !== undefined;) timed.onDue(now);
    this.#arm();
  }

  /** Removes all items and closes the timerfd. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#heap.clear();
    if (this.#fd < 0) return;
    this.#registrar.remove(this.#fd);
    libc.close(this.#fd);
    this.#fd = -1;
  }

  #arm(): void {
    const due = this.#heap.next;
    if (this.#closed || due >= this.#armedFor) return;
    if (this.#fd < 0) {
      this.#fd = libc.check("timerfd_create", libc.timerfd());
      this.#registrar.add(this.#fd, libc.EPOLLIN, this);
    }
    // A time of 0 would disarm it (timerfd_settime(2)).
    const wait = Math.max(1, Math.ceil(due - performance.now()));
    libc.check("timerfd_settime", libc.armTimerfd(this.#fd, wait));
    this.#armedFor = due;
  }
}

/** Parameters of grpc's doc/connection-backoff.md that are not options. */
const MULTIPLIER = 1.6;
const JITTER = 0.2;

/** Exponential backoff between attempts to connect to one address. */
export class Backoff {
  readonly #initial: number;
  readonly #max: number;
  #current: number;

  constructor(options: ReconnectOptions = {}) {
    const { initial, max } = { ...defaultReconnect, ...options };
    this.#initial = initial;
    this.#max = Math.max(initial, max);
    this.#current = initial;
  }

  /** The first backoff, in milliseconds. */
  get initial(): number {
    return this.#initial;
  }

  /** Returns the milliseconds from the start of the failed attempt to the start of the next. */
  next(): number {
    const wait = this.#current;
    this.#current = Math.min(this.#max, wait * MULTIPLIER);
    return wait * (1 + JITTER * (2 * Math.random() - 1));
  }

  /** Starts over with the first backoff, after a connection that lasted. */
  reset(): void {
    this.#current = this.#initial;
  }
}
