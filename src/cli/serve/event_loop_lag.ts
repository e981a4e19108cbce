/** Lateness of the event loop. @module */

const INTERVAL_MS = 1_000;

/** 16 timers of a second: the time between two scrapes. */
const TIMERS = 16;

/** Measures how late a timer of one second runs on this thread, by the longest of the last timers. */
export class EventLoopLag {
  readonly #lags: number[] = [];

  /** The longest lateness of the last timers, in seconds. */
  get seconds(): number {
    return Math.max(0, ...this.#lags) / 1_000;
  }

  /** Measures until the disposal. Does not keep the process alive. */
  watch(): Disposable {
    let due = performance.now() + INTERVAL_MS;
    const timer = setInterval(() => {
      const now = performance.now();
      this.#lags.push(Math.max(0, now - due));
      if (this.#lags.length > TIMERS) this.#lags.shift();
      due = now + INTERVAL_MS;
    }, INTERVAL_MS);
    Deno.unrefTimer(timer);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }
}
