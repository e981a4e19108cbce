/** A load on threads of its own, from start to result. @module */
import { Collector, Histogram, joined, type Window, Windows } from "../collector/mod.ts";
import { type ResourceFigures, ResourceWatch } from "../resources/mod.ts";
import type { SharedTls } from "../../net/mod.ts";
import { Control } from "./control.ts";
import { Messages } from "./messages.ts";
import type { LoadPlan } from "./plan.ts";
import { ThreadHandle } from "./thread_handle.ts";

/** Milliseconds from the order to begin to the start, so that all threads start at the same time. */
const LEAD_MS = 20;

/** Milliseconds between samples of the threads' measurements. */
const SAMPLE_MS = 100;

/** The progress of a load. Valid during the callback only. */
export interface Progress {
  /** Milliseconds since the start of the measurement; negative during the warm-up. */
  readonly elapsed: number;
  readonly collector: Collector;
  /** The measurements since the previous callback. */
  readonly window: Window;
}

/** Options of `runLoad`. */
export interface RunOptions {
  /** The process id of the server, if it is on this machine. */
  readonly serverPid?: number | undefined;
  /** Returns TLS settings for one thread; plaintext by default. */
  readonly tls?: (() => SharedTls) | undefined;
  /** Ends the load early when aborted. The result has the measurements until then. */
  readonly signal?: AbortSignal;
  /** Called about ten times a second. */
  readonly onProgress?: (progress: Progress) => void;
}

/** The result of a load. */
export interface LoadResult {
  readonly plan: LoadPlan;
  /** The start of the measurement. */
  readonly date: Date;
  /** Milliseconds from the start to the last response. */
  readonly elapsed: number;
  readonly collector: Collector;
  readonly windows: readonly Window[];
  readonly messages: readonly (readonly [text: string, count: number])[];
  readonly interrupted: boolean;
  readonly resources: ResourceFigures;
}

/**
 * Runs a load on its own threads and measures it.
 *
 * @throws {RpcError} UNAVAILABLE if the servers cannot be reached
 */
export async function runLoad(plan: LoadPlan, options: RunOptions = {}): Promise<LoadResult> {
  const control = new Control();
  const buffers = Array.from({ length: plan.threads }, () => Collector.allocate());
  const collectors = buffers.map((buffer) => new Collector(buffer));
  using threads = new DisposableStack();
  const handles = buffers.map((collector, thread) =>
    threads.use(
      new ThreadHandle({
        kind: "prepare",
        plan,
        share: { thread, threads: plan.threads },
        collector,
        control: control.buffer,
        tls: options.tls?.(),
      }),
    )
  );
  await Promise.all(handles.map(({ ready }) => ready));
  const begin = now() + LEAD_MS;
  for (const handle of handles) handle.begin(begin);
  const stop = () => control.stop();
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener("abort", stop);
  using sampler = new Sampler(collectors, begin + plan.warmup, options);
  try {
    const answers = await Promise.all(handles.map(({ done }) => done));
    const messages = new Messages();
    for (const answer of answers) messages.addAll(answer.messages);
    const start = begin + plan.warmup;
    const end = Math.max(...answers.map(({ at }) => at), start);
    return {
      plan,
      date: new Date(start),
      elapsed: end - start,
      ...sampler.finish(end),
      messages: messages.list(),
      interrupted: control.stopped,
    };
  } finally {
    options.signal?.removeEventListener("abort", stop);
  }
}

/** Samples the threads' measurements during the load. */
class Sampler implements Disposable {
  readonly #collectors: readonly Collector[];
  readonly #start: number;
  readonly #options: RunOptions;
  readonly #windows = new Windows();
  readonly #resources: ResourceWatch;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #held: Window[] = [];
  readonly #merged = new Collector(Collector.allocate());
  readonly #previous = new Histogram();
  readonly #spare: Histogram[] = [];
  #last: { readonly at: number; readonly errors: number } | undefined;

  /** @param start start of the measurement in milliseconds since 1970 */
  constructor(collectors: readonly Collector[], start: number, options: RunOptions) {
    this.#collectors = collectors;
    this.#start = start;
    this.#options = options;
    this.#resources = new ResourceWatch(options.serverPid);
    this.#resources.sample(Math.min(0, now() - start));
    this.#timer = setInterval(() => this.#sample(now()), SAMPLE_MS);
  }

  /** Takes the last sample, when all threads are done. */
  finish(end: number): Pick<LoadResult, "collector" | "windows" | "resources"> {
    clearInterval(this.#timer);
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
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
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

/** Milliseconds since 1970, on a monotonic clock that all threads share. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
