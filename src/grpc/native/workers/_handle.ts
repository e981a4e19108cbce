import { wakePoller } from "../../../net/mod.ts";
import type { SharedState } from "./_shared_state.ts";
import { hasEnded } from "./_thread_presence.ts";
import type { LastWords, NumberedRequest, WorkerAnswer, WorkerRequest } from "./_messages.ts";

/** How long a worker may take to load its module and to build its services, on the slowest machine. */
const START_TIMEOUT_MS = 120_000;

/** What is known of the thread of a worker that has died: that it runs nothing any more, or not. */
export type Ending = "ended" | "may-come-back";

/**
 * The main thread's end of a worker.
 *
 * ```text
 * alive ── an error that nobody caught, fail(), silence ──▶ dead
 *   └───── close() ───────────────────────────────────────▶ closed
 * ```
 */
export class WorkerHandle {
  /** Its number in what is shared. */
  readonly worker: number;
  readonly #worker: Worker;
  readonly #place: number;
  readonly #shared: SharedState;
  readonly #onDeath: (reason: string, ending: Ending) => void;
  readonly #pending = new Map<number, PromiseWithResolvers<void>>();
  readonly #openedAt = performance.now();
  #phase: "alive" | "closed" | "dead" = "alive";
  #nextId = 1;
  #hasServed = false;
  #progress = 0;
  #silentLooks = 0;

  constructor(
    entry: URL,
    place: number,
    worker: number,
    shared: SharedState,
    onDeath: (reason: string, ending: Ending) => void,
  ) {
    this.worker = worker;
    this.#place = place;
    this.#shared = shared;
    this.#onDeath = onDeath;
    this.#worker = new Worker(entry, { type: "module", name: `signer-${place}` });
    this.#worker.onmessage = ({ data }) => this.#onMessage(data);
    this.#worker.onerror = (event) => {
      // Otherwise the error is the main thread's own, and ends the process.
      event.preventDefault();
      this.fail(event.message, "ended");
    };
  }

  get alive(): boolean {
    return this.#phase === "alive";
  }

  /**
   * Asks something of the worker. Resolves when it has done it.
   *
   * @throws {Error} when it cannot, or dies before
   */
  ask(request: WorkerRequest, transfer: readonly Transferable[] = []): Promise<void> {
    if (this.#phase !== "alive") return Promise.reject(this.#gone());
    const id = this.#nextId++;
    const answer = Promise.withResolvers<void>();
    this.#pending.set(id, answer);
    this.#shared.announceMessage(this.worker);
    this.#worker.postMessage({ id, request } satisfies NumberedRequest, [...transfer]);
    if (this.#shared.isServing(this.worker)) wakePoller(this.#shared.wakeFd(this.worker));
    return answer.promise;
  }

  /** As `ask`, for what a worker that is dead has done as well. */
  async settled(request: WorkerRequest): Promise<void> {
    try {
      await this.ask(request);
    } catch (error) {
      if (this.#phase === "alive") throw error;
    }
  }

  /**
   * Checks for progress since the last look, and wakes the worker if there was none: one that only waits for events
   * then makes some. A worker is busy, however long its turn, as long as calls of it end; one that hangs, or has
   * ended itself, makes no progress, and says nothing.
   *
   * @param patience looks at which it may be silent
   */
  look(patience: number): void {
    if (this.#phase !== "alive") return;
    const serves = this.#shared.isServing(this.worker);
    this.#hasServed ||= serves;
    if (!this.#hasServed) {
      if (performance.now() - this.#openedAt < START_TIMEOUT_MS) return;
      return this.fail(`It has not started within ${START_TIMEOUT_MS} ms`, "may-come-back");
    }
    const progress = this.#shared.progress(this.worker);
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.#silentLooks = 0;
      return;
    }
    if (this.#silentLooks > 0 && hasEnded(this.#shared.threadFd(this.worker))) {
      return this.fail("Its thread has ended", "ended");
    }
    if (this.#silentLooks++ >= patience) {
      return this.fail(
        "It hangs: a call, or what a call has begun, does not return",
        "may-come-back",
      );
    }
    if (serves) wakePoller(this.#shared.wakeFd(this.worker));
  }

  /** Asks the worker to end, and ends its thread once it has, or after `timeoutMs` milliseconds. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#phase === "alive") {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, timeoutMs));
      await Promise.race([late, this.settled({ kind: "close" })]);
      clearTimeout(timer);
    }
    if (this.#phase === "alive") this.#phase = "closed";
    this.#worker.terminate();
    this.#rejectPending();
  }

  /** Takes the worker for dead. */
  fail(reason: string, ending: Ending): void {
    if (this.#phase !== "alive") return;
    this.#phase = "dead";
    this.#worker.terminate();
    this.#rejectPending();
    this.#onDeath(reason, ending);
  }

  #onMessage(message: WorkerAnswer | LastWords): void {
    if ("died" in message) return this.fail(message.died, "ended");
    const { id, failure } = message;
    const answer = this.#pending.get(id);
    this.#pending.delete(id);
    if (failure === undefined) answer?.resolve();
    else answer?.reject(new Error(`Worker ${this.#place} failed: ${failure}`));
  }

  #rejectPending(): void {
    for (const answer of this.#pending.values()) answer.reject(this.#gone());
    this.#pending.clear();
  }

  #gone(): Error {
    return new Error(`Worker ${this.#place} has ended`);
  }
}
