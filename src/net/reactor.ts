import { clearImmediate, setImmediate } from "node:timers";
import { Poller, type PollHandler, type Registrar, wakePoller } from "./poller.ts";
import { openWakeup, type Wakeup, type WakeupKind } from "./_wakeup.ts";

export type { WakeupKind };

/** What holds while descriptors are watched. */
interface Running {
  readonly poller: Poller;
  readonly wakeup: Wakeup;
}

/**
 * An epoll that lives on Deno's event loop, for a thread that has other things to wait for: the main
 * thread, and the grpc-js stack.
 *
 * How the loop is woken was chosen by measurement: the round trip of one byte to an echoing thread, with
 * each way alone, back to back and after a pause of 1 ms (microseconds, median and 99th percentile, Deno
 * 2.9.6; on 2 cores the scheduler's placement makes a factor of ten, so ranges are of several runs):
 *
 * | way | back to back | after a pause |
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
 * The kernel's way is no slower than a thread, occupies none, and obeys ref and unref: it is the first
 * choice. The thread is there for kernels without AIO. While events come, the epoll is looked at once in
 * each turn of the loop, with no wake-up in between: that makes the 7 µs.
 *
 * It opens its descriptors at the first `add` and closes them in the turn after the last `remove`, so
 * that an idle reactor holds nothing and keeps no process alive.
 */
export class Reactor implements Registrar, AsyncDisposable {
  readonly #kind: WakeupKind | undefined;
  #running: Running | undefined;
  #turn: ReturnType<typeof setImmediate> | undefined;
  #closing: Promise<void> = Promise.resolve();
  readonly #unreferenced = new Set<number>();

  /** @param kind how to be woken; the best that works here when left out */
  constructor(kind?: WakeupKind) {
    this.#kind = kind;
  }

  /** Descriptors watched. */
  get size(): number {
    return this.#running?.poller.size ?? 0;
  }

  add(fd: number, interest: number, handler: PollHandler): void {
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

  /** Whether watching `fd` keeps the process alive, which it does from `add` on. */
  setRef(fd: number, ref: boolean): void {
    if (ref) this.#unreferenced.delete(fd);
    else this.#unreferenced.add(fd);
    this.#updateRef();
  }

  /**
   * Stops watching everything; the descriptors stay open. Resolves when all that the reactor held is
   * given back, also after it closed by itself.
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

  /** Tells the handlers; then looks again in the next turn while there were events, else waits. */
  #dispatch(): void {
    const running = this.#running;
    if (running === undefined) return;
    let count = 1;
    try {
      count = running.poller.wait(0);
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

/** This thread's own reactor, which is used where none is given. */
export function sharedReactor(): Reactor {
  return shared ??= new Reactor();
}
