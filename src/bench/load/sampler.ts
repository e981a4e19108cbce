/** Samples of the measurements of a load while it runs. @module */
import { Collector, Histogram, joined, type Window, Windows } from "../collector/mod.ts";
import { ResourceWatch } from "../resources/mod.ts";
import { now } from "./clock.ts";
import type { LoadResult, RunOptions } from "./result.ts";

/** Milliseconds between samples of the threads' measurements. */
const SAMPLE_MS = 100;

/** Samples the threads' measurements during the load. */
export class Sampler implements Disposable {
  readonly #collectors: readonly Collector[];
  readonly #start: number;
  readonly #options: RunOptions;
  readonly #windows = new Windows();
  readonly #resources: ResourceWatch;
  readonly #timer: ReturnType<typeof setInterval>;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #held: Window[] = [];
  readonly #merged = new Collector(Collector.allocate());
  readonly #previous = new Histogram();
  readonly #spare: Histogram[] = [];
  #uncounted = 0;
  #last: { readonly at: number; readonly errors: number } | undefined;

  /**
   * @param start start of the measurement on the shared clock, in milliseconds
   * @param warmup duration of the load before, in milliseconds
   */
  constructor(
    collectors: readonly Collector[],
    start: number,
    warmup: number,
    options: RunOptions,
  ) {
    this.#collectors = collectors;
    this.#start = start;
    this.#options = options;
    this.#resources = new ResourceWatch(options.serverPid);
    this.#resources.sample(Math.min(0, now() - start));
    this.#timer = setInterval(() => this.#sample(now()), SAMPLE_MS);
    // Without a warm-up, the CPU time counts from now on: a late timer would miss a short load.
    if (warmup > 0) this.#startTimer = setTimeout(() => this.#begin(), start - now());
  }

  /** Begins to count the CPU time, without that of the warm-up. The requests before a late timer are not counted. */
  #begin(): void {
    this.#resources.sample(0);
    this.#uncounted = this.#collectors.reduce((sum, { ended }) => sum + ended, 0);
  }

  /** Takes the last sample, when all threads are done. */
  finish(end: number): Pick<LoadResult, "collector" | "windows" | "resources" | "counted"> {
    this[Symbol.dispose]();
    const elapsed = end - this.#start;
    const collector = this.#sample(Math.max(end, this.#start, this.#last?.at ?? 0));
    // The last windows may be short or reach beyond the load. They become one that ends with it.
    if (this.#held.length > 0) {
      const last = joined(this.#held);
      // At least a millisecond, because it is a divisor.
      this.#windows.add({ ...last, duration: Math.max(1, elapsed - last.start) });
    }
    return {
      collector,
      windows: this.#windows.list(),
      resources: this.#resources.finish(elapsed),
      counted: collector.ended - this.#uncounted,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    clearTimeout(this.#startTimer);
  }

  /** Takes a sample in reused memory, valid until the next sample. */
  #sample(at: number): Collector {
    const collector = this.#merged;
    collector.clear();
    for (const each of this.#collectors) collector.add(each);
    const { outcomes, corrected } = collector;
    const errors = outcomes.slice(1).reduce((sum, count) => sum + count, 0);
    const elapsed = at - this.#start;
    const start = this.#last === undefined ? 0 : this.#last.at - this.#start;
    const spare = this.#spare.pop() ?? new Histogram();
    spare.clear();
    const window: Window = {
      start,
      duration: elapsed - start,
      errors: errors - (this.#last?.errors ?? 0),
      latency: corrected.since(this.#previous, spare),
    };
    this.#resources.sample(elapsed);
    this.#options.onProgress?.({ elapsed, collector, window });
    if (elapsed < 0) {
      this.#spare.push(spare);
      return collector;
    }
    this.#held.push(window);
    this.#last = { at, errors };
    this.#previous.clear();
    this.#previous.add(corrected);
    // The last two are held back, because the load may end with them.
    if (this.#held.length > 2) {
      const settled = this.#held.shift()!;
      this.#windows.add(settled);
      this.#spare.push(settled.latency);
    }
    return collector;
  }
}
