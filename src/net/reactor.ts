/** An epoll on Deno's event loop. @module */
import { clearImmediate, setImmediate } from "node:timers";
import { nodeNet } from "../node/mod.ts";
import { Poller, type PollHandler, type Registrar, wakePoller } from "./poller.ts";
import { openWakeup, type Wakeup, type WakeupKind } from "./_wakeup.ts";

export type { WakeupKind };

/** Loads the modules of reactors, if this thread has not yet. Pending microtasks may run meanwhile. */
export function loadReactor(): void {
  nodeNet();
}

/** The resources of a reactor that watches descriptors. */
interface Running {
  readonly poller: Poller;
  readonly wakeup: Wakeup;
}

/**
 * An epoll on Deno's event loop, for a thread that also waits for other events: the main thread, and the
 * grpc-js stack.
 *
 * The wake-up of the event loop was chosen by measurement: the round trip of one byte to an echoing thread,
 * back to back and after a pause of 1 ms (microseconds, median and 99th percentile, Deno 2.9.6; on 2 cores
 * the placement by the scheduler makes a factor of ten, so ranges are of several runs):
 *
 * | wake-up | back to back | after a pause |
 * | --- | --- | --- |
 * | blocking `epoll_wait`, the floor: the loop does not run | 5, 9 | 8, 83 |
 * | AIO poll of the epoll → eventfd → Deno's own loop ("kernel") | 10-13, 60-135 | 36, 1793 |
 * | `nonblocking: true` FFI `epoll_wait` ("thread") | 12-79, 145-173 | 45, 313 |
 * | a worker in `epoll_wait`, `Atomics.waitAsync` | 11-90, 20-181 | 113, 293 |
 * | a worker in `epoll_wait`, `postMessage` | 13, 89 | 156, 453 |
 * | a worker in `epoll_wait`, a byte on a socketpair | 18, 58 | 70, 300 |
 * | this class, "kernel", five runs | 7-90, 38-229 | 24-62, 255-1173 |
 * | this class, "thread", five runs | 7-88, 27-431 | 30-143, 322-1332 |
 *
 * "kernel" is as fast as a thread, needs no thread, and supports ref and unref: it is the default. "thread" is
 * for kernels without AIO. While events arrive, the epoll is polled in each turn of the event loop without
 * a wake-up, which gives the 7 µs.
 *
 * A reactor opens its descriptors at the first `add` and closes them in the turn after the last `remove`, so
 * that an idle reactor holds no descriptor and does not keep the process alive.
 */
export class Reactor implements Registrar, AsyncDisposable {
  readonly #kind: WakeupKind | undefined;
  #running: Running | undefined;
  #turn: ReturnType<typeof setImmediate> | undefined;
  #closing: Promise<void> = Promise.resolve();
  readonly #unreferenced = new Set<number>();

  /** @param kind the wake-up; default: the first that this kernel supports */
  constructor(kind?: WakeupKind) {
    this.#kind = kind;
  }

  /** The number of watched descriptors. */
  get size(): number {
    return this.#running?.poller.size ?? 0;
  }

  add(fd: number, interest: number, handler: PollHandler): void {
    // Here, as a microtask may add a descriptor too.
    loadReactor();
    const { poller } = this.#running ??= this.#open();
    poller.add(fd, interest, handler);
    this.#updateRef();
  }

  modify(fd: number, interest: number): void {
    this.#running?.poller.modify(fd, interest);
  }

  remove(fd: number): void {
    if (this.#running === undefined) return;
    this.#running.poller.remove(fd);
    this.#unreferenced.delete(fd);
    this.#updateRef();
    if (this.size === 0) this.#scheduleTurn();
  }

  /** Sets if watching `fd` keeps the process alive, as it does from `add` on. */
  setRef(fd: number, ref: boolean): void {
    if (ref) this.#unreferenced.delete(fd);
    else this.#unreferenced.add(fd);
    this.#updateRef();
  }

  /**
   * Stops watching all descriptors, which stay open. Resolves when the reactor has released its resources,
   * also after it closed by itself.
   */
  close(): Promise<void> {
    this.#stop();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(): Running {
    const poller = new Poller();
    try {
      const interrupt = () => wakePoller(poller.wakeFd);
      const wakeup = openWakeup(poller.fd, interrupt, () => this.#dispatch(), this.#kind);
      wakeup.arm();
      return { poller, wakeup };
    } catch (cause) {
      poller.close();
      throw cause;
    }
  }

  #stop(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#unreferenced.clear();
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
    const earlier = this.#closing;
    this.#closing = running.wakeup.close().then(() => {
      running.poller.close();
      return earlier;
    });
  }

  /**
   * Handles the events that are ready. For a thread that keeps the event loop busy by `setImmediate`: Deno then looks for
   * the wake-up in every 61st turn only (tokio's `event_interval`).
   */
  poll(): void {
    if (this.#turn === undefined) this.#running?.poller.wait(0);
  }

  /** Calls the handlers. Polls again in the next turn if there were events, and else arms the wake-up. */
  #dispatch(): void {
    const running = this.#running;
    if (running === undefined) return;
    let count = 1;
    try {
      count = running.poller.wait(0);
      // One event only, which may take milliseconds. The next turn continues.
      if (this.#running === running) count += running.poller.handleDeferred(1);
    } finally {
      if (this.#running === running) {
        if (running.poller.size === 0 && count === 0) this.#stop();
        else if (count > 0 || running.poller.size === 0) this.#scheduleTurn();
        else running.wakeup.arm();
      }
    }
  }

  #scheduleTurn(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#dispatch();
    });
  }

  #updateRef(): void {
    this.#running?.wakeup.setRef(this.size > this.#unreferenced.size);
  }
}

let shared: Reactor | undefined;

/** The default reactor of this thread. */
export function sharedReactor(): Reactor {
  return shared ??= new Reactor();
}
