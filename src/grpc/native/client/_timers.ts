import { libc } from "../../../ffi/mod.ts";
import type { PollHandler, Registrar } from "../../../net/mod.ts";
import { type Due, DueHeap } from "../../scheduling/mod.ts";

/** Something that is due at a time. */
export interface Timed extends Due {
  /** The queue's to write. */
  due: number;
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
  readonly #heap = new DueHeap<Timed>();
  #fd = -1;
  #armedFor = Infinity;
  #closed = false;

  constructor(registrar: Registrar) {
    this.#registrar = registrar;
  }

  /** Has `timed` be due at a time, in the place of the time that it may have had. */
  set(timed: Timed, due: number): void {
    if (this.#closed) return;
    this.#heap.remove(timed);
    timed.due = due;
    this.#heap.add(timed);
    this.#arm();
  }

  /** Takes `timed` out. */
  clear(timed: Timed): void {
    this.#heap.remove(timed);
  }

  /** The registrar's call: the nearest time has come. */
  onReady(): void {
    libc.drainCounter(this.#fd);
    this.#armedFor = Infinity;
    const now = performance.now();
    for (let timed; (timed = this.#heap.takeDue(now)) !== undefined;) timed.onDue(now);
    this.#arm();
  }

  /** Forgets all timers. */
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
