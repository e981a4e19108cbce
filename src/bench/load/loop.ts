import { setImmediate } from "node:timers";
import type { Control } from "./control.ts";
import type { Driver } from "./driver.ts";
import type { Runner } from "./runner.ts";

/** The longest wait of a thread that blocks: so long it may take to stop. */
const MAX_WAIT_MS = 100;

/** What is under way when a load is stopped may end within this time. */
const STOP_GRACE_MS = 1000;

/**
 * Turns of a thread that blocks between runs of its queued microtasks: the client queues one each turn,
 * and they would pile up.
 */
const TURNS_PER_MICROTASKS = 256;

/** Timers are no more precise than this: what is due sooner is waited for turn by turn. */
const TIMER_MS = 2;

/** Runs a load to its end, or until the control says to stop. */
export async function runLoop(
  runner: Runner,
  driver: Driver,
  control: Control,
  ended: Signal,
): Promise<void> {
  let giveUpAt = Infinity;
  let turns = 0;
  while (!runner.finished) {
    if (control.stopped && giveUpAt === Infinity) {
      runner.stop();
      giveUpAt = performance.now() + STOP_GRACE_MS;
    }
    const next = runner.step();
    driver.flush();
    const now = performance.now();
    if (runner.finished || now > giveUpAt) return;
    const wait = Math.min(next - now, MAX_WAIT_MS);
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
 * Waits for responses, or for the next request to be due, whichever comes first. epoll_wait(2) counts
 * in milliseconds: with nothing under way the thread sleeps to the microsecond, and with something
 * under way it looks again and again for the last part of a millisecond.
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

  /** Resolves when the signal was given since the last time, or after so many milliseconds. */
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
