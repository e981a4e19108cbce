/** The loop of a load thread. @module */
import { setImmediate } from "node:timers";
import type { Control } from "./control.ts";
import type { Driver } from "./driver.ts";
import type { Runner } from "./runner.ts";

/** The longest wait of a blocking thread, which bounds the time to stop. */
const MAX_WAIT_MS = 100;

/** Time for pending requests to end after a load is stopped. */
const STOP_GRACE_MS = 1000;

/**
 * Turns of a blocking thread between runs of its microtasks. The client queues one each turn, and they would
 * accumulate.
 */
const TURNS_PER_MICROTASKS = 256;

/** Precision of timers. Shorter waits poll the event loop. */
const TIMER_MS = 2;

/** Runs a load to its end, or until it is stopped. */
export async function runLoop(
  runner: Runner,
  driver: Driver,
  control: Control,
  ended: Signal,
): Promise<void> {
  let giveUpAt = Infinity;
  let turns = 0;
  while (!runner.finished) {
    if (control.stopped) {
      const now = performance.now();
      if (now > giveUpAt) return;
      runner.stop();
      giveUpAt = Math.min(giveUpAt, now + STOP_GRACE_MS);
    }
    const next = runner.step();
    driver.flush();
    if (runner.finished) return;
    const wait = next === Infinity ? MAX_WAIT_MS : Math.min(next - performance.now(), MAX_WAIT_MS);
    if (!driver.blocking) {
      await ended.wait(wait);
    } else if (driver.needsEventLoop()) {
      driver.wait(0);
      await new Promise((resolve) => setTimeout(resolve, 0));
    } else {
      block(runner, driver, control, wait);
      if (++turns % TURNS_PER_MICROTASKS === 0) await undefined;
    }
  }
}

/**
 * Waits for responses or until the next request is due. epoll_wait(2) has a resolution of milliseconds: without
 * pending requests the thread sleeps with a resolution of microseconds, and with pending requests it polls during the
 * last part of a millisecond.
 */
function block(runner: Runner, driver: Driver, control: Control, wait: number): void {
  if (runner.pending === 0 && wait > 0) {
    control.sleep(wait);
    driver.wait(0);
  } else {
    driver.wait(Math.max(0, Math.floor(wait)));
  }
}

/** Wakes a loop that waits on the event loop. */
export class Signal {
  #wake: () => void = () => {};
  #given = false;

  give(): void {
    this.#given = true;
    this.#wake();
  }

  /** Resolves when the signal was given since the last wait, or after a time in milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.#given && milliseconds > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (milliseconds > TIMER_MS) timer = setTimeout(resolve, milliseconds - TIMER_MS / 2);
        else setImmediate(resolve);
      });
      clearTimeout(timer);
      this.#wake = () => {};
    }
    this.#given = false;
  }
}
