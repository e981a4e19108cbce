import { libc } from "../../ffi/mod.ts";
import type { PollHandler, Registrar } from "../../net/mod.ts";

/** Something that is due at a time. It is in one queue at most, once. */
export interface Timed {
  /** When, on the clock of `performance.now()`. The queue's to write. */
  due: number;
  /** Where in the queue, -1 for not at all. The queue's to write. */
  place: number;
  /** The time has come; it is out of the queue. */
  onDue(now: number): void;
}

/** A function that is due at a time. */
export class Timer implements Timed {
  due = Infinity;
  place = -1;

  /** @param onDue called with the time, on the clock of `performance.now()` */
  constructor(readonly onDue: (now: number) => void) {}
}

/**
 * Timers of a channel: deadlines, backoffs, keepalive. They run by a timerfd on the channel's
 * registrar, so they run in a thread that blocks in a `Poller` too, where Deno's own timers stand
 * still. The descriptor is armed for the nearest time only, and left armed when that is taken back:
 * a call whose deadline is never reached costs no system call.
 */
export class TimerQueue implements PollHandler, Disposable {
  readonly #registrar: Registrar;
  /** A binary heap, the nearest time first. */
  readonly #heap: Timed[] = [];
  #fd = -1;
  #armedFor = Infinity;
  #closed = false;

  constructor(registrar: Registrar) {
    this.#registrar = registrar;
  }

  /** Has `timed` be due at a time, in the place of the time that it may have had. */
  set(timed: Timed, due: number): void {
    if (this.#closed) return;
    if (timed.place >= 0) this.clear(timed);
    timed.due = due;
    this.#heap.push(timed);
    this.#rise(timed, this.#heap.length - 1);
    this.#arm();
  }

  /** Takes `timed` out. */
  clear(timed: Timed): void {
    const { place } = timed;
    if (place < 0) return;
    timed.place = -1;
    const last = this.#heap.pop()!;
    if (last === timed) return;
    this.#rise(last, place);
    this.#sink(last, last.place);
  }

  /** The registrar's call: the nearest time has come. */
  onReady(): void {
    libc.drainCounter(this.#fd);
    this.#armedFor = Infinity;
    const now = performance.now();
    while (this.#heap.length > 0 && this.#heap[0].due <= now) {
      const timed = this.#heap[0];
      this.clear(timed);
      timed.onDue(now);
    }
    this.#arm();
  }

  /** Forgets all timers. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#heap.length = 0;
    if (this.#fd < 0) return;
    this.#registrar.remove(this.#fd);
    libc.close(this.#fd);
    this.#fd = -1;
  }

  #arm(): void {
    if (this.#closed || this.#heap.length === 0 || this.#heap[0].due >= this.#armedFor) return;
    if (this.#fd < 0) {
      this.#fd = libc.check("timerfd_create", libc.timerfd());
      this.#registrar.add(this.#fd, libc.EPOLLIN, this);
    }
    const { due } = this.#heap[0];
    // A time of 0 would disarm it (timerfd_settime(2)).
    const wait = Math.max(1, Math.ceil(due - performance.now()));
    libc.check("timerfd_settime", libc.armTimerfd(this.#fd, wait));
    this.#armedFor = due;
  }

  #rise(timed: Timed, place: number): void {
    const heap = this.#heap;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (heap[above].due <= timed.due) break;
      heap[place] = heap[above];
      heap[place].place = place;
      place = above;
    }
    heap[place] = timed;
    timed.place = place;
  }

  #sink(timed: Timed, place: number): void {
    const heap = this.#heap;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1].due < heap[below].due) below++;
      if (heap[below].due >= timed.due) break;
      heap[place] = heap[below];
      heap[place].place = place;
      place = below;
    }
    heap[place] = timed;
    timed.place = place;
  }
}
