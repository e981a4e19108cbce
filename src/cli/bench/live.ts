/** The progress of a load on standard error. @module */
import { formatNanoseconds, Histogram, type LoadPlan, type Progress } from "../../bench/mod.ts";
import { note } from "../output.ts";
import { StatusLine } from "../status_line.ts";

const BAR_WIDTH = 20;

/** Progress of a load: on a terminal one line that is rewritten, elsewhere a line for each interval. */
export class Live implements Disposable {
  readonly #plan: LoadPlan;
  readonly #interval: number;
  readonly #line = new StatusLine();
  #next: number;
  #latency = new Histogram();
  #errors = 0;
  #since = 0;

  /** @param interval milliseconds between lines where there is no terminal */
  constructor(plan: LoadPlan, interval: number) {
    this.#plan = plan;
    this.#interval = this.#line.shown ? 500 : interval;
    this.#next = this.#interval;
  }

  /** Takes each progress of the load. */
  show(progress: Progress): void {
    const { elapsed, window } = progress;
    if (elapsed < 0) {
      this.#line.show("warming up");
      return;
    }
    this.#latency.add(window.latency);
    this.#errors += window.errors;
    if (elapsed < this.#next) return;
    this.#next = elapsed + this.#interval;
    const figures = this.#figures(elapsed);
    if (this.#line.shown) this.#line.show(`${this.#bar(progress)}${figures}`);
    else note(`${(elapsed / 1000).toFixed(1)} s  ${figures}`);
    this.#latency = new Histogram();
    this.#errors = 0;
    this.#since = elapsed;
  }

  /** Clears the line. */
  [Symbol.dispose](): void {
    this.#line[Symbol.dispose]();
  }

  #figures(elapsed: number): string {
    const rate = (this.#latency.count + this.#errors) / ((elapsed - this.#since) / 1000);
    const latency = this.#latency;
    const at = (percent: number) =>
      latency.count === 0 ? "none" : formatNanoseconds(latency.percentile(percent));
    return `${rate.toFixed(0)} requests/s  p50 ${at(50)}  p99 ${at(99)}  errors ${this.#errors}`;
  }

  #bar({ elapsed, collector }: Progress): string {
    const { duration, requests } = this.#plan;
    const done = Math.min(1, Math.max(elapsed / duration, collector.started / requests));
    const bar = "=".repeat(Math.round(done * BAR_WIDTH)).padEnd(BAR_WIDTH);
    return `[${bar}] ${Math.round(done * 100)} %  `;
  }
}
