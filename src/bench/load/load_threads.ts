/** Loads on threads of their own, from start to result. @module */
import { Collector } from "../collector/mod.ts";
import { now } from "./clock.ts";
import { Control } from "./control.ts";
import { Messages } from "./messages.ts";
import type { LoadPlan } from "./plan.ts";
import type { LoadResult, RunOptions } from "./result.ts";
import { Sampler } from "./sampler.ts";
import { ThreadHandle } from "./thread_handle.ts";

/** Milliseconds from the order to begin to the start, so that all threads start at the same time. */
const LEAD_MS = 20;

/** Threads that make loads, one after the other. */
export class LoadThreads implements Disposable {
  readonly #handles: readonly ThreadHandle[];
  readonly #buffers: readonly SharedArrayBuffer[];
  readonly #collectors: readonly Collector[];

  constructor(count: number) {
    this.#handles = Array.from({ length: count }, () => new ThreadHandle());
    this.#buffers = this.#handles.map(() => Collector.allocate());
    this.#collectors = this.#buffers.map((buffer) => new Collector(buffer));
  }

  /**
   * Makes a load with new connections, and measures it. The plan has as many threads as there are. An interruption ends
   * it early, also while the threads connect.
   *
   * @throws {RpcError} UNAVAILABLE if the servers cannot be reached. The threads cannot be used again.
   */
  async run(plan: LoadPlan, options: RunOptions = {}): Promise<LoadResult> {
    const control = new Control();
    const stop = () => control.stop();
    if (options.signal?.aborted) stop();
    options.signal?.addEventListener("abort", stop);
    try {
      await this.#connect(plan, control, options);
      return await this.#measure(plan, control, options);
    } finally {
      options.signal?.removeEventListener("abort", stop);
    }
  }

  [Symbol.dispose](): void {
    for (const handle of this.#handles) handle[Symbol.dispose]();
  }

  /** Makes the load of connected threads. */
  async #measure(plan: LoadPlan, control: Control, options: RunOptions): Promise<LoadResult> {
    const begin = now() + LEAD_MS;
    const start = begin + plan.warmup;
    const done = this.#handles.map((handle) => handle.begin(begin));
    using sampler = new Sampler(this.#collectors, start, plan.warmup, options);
    const answers = await Promise.all(done);
    const messages = new Messages();
    for (const answer of answers) messages.addAll(answer.messages);
    const end = Math.max(...answers.map(({ at }) => at), start);
    return {
      plan,
      date: new Date(Date.now() - (now() - start)),
      elapsed: end - start,
      ...sampler.finish(end),
      messages: messages.list(),
      interrupted: control.stopped,
    };
  }

  async #connect(plan: LoadPlan, control: Control, { tls }: RunOptions): Promise<void> {
    for (const collector of this.#collectors) collector.clear();
    const threads = this.#handles.length;
    const prepared = await Promise.allSettled(this.#handles.map((handle, thread) =>
      handle.prepare({
        kind: "prepare",
        plan,
        share: { thread, threads },
        collector: this.#buffers[thread],
        control: control.buffer,
        tls: tls?.(),
      })
    ));
    const failed = prepared.find((one) => one.status === "rejected");
    if (failed === undefined) return;
    // The others close their connections, too: a thread that is terminated leaves its descriptors open.
    control.stop();
    const ready = this.#handles.filter((_, thread) => prepared[thread].status === "fulfilled");
    await Promise.allSettled(ready.map((handle) => handle.begin(now())));
    throw failed.reason;
  }
}
