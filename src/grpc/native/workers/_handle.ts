/** The main thread's handle of one worker: its requests, its answers, and the detection of its failure. @module */
import { wakePoller } from "../../../net/mod.ts";
import type { SharedState } from "./_shared_state.ts";
import { hasEnded } from "./_thread_presence.ts";
import type {
  NumberedRequest,
  WorkerAnswer,
  WorkerCalls,
  WorkerExit,
  WorkerRequest,
} from "./_messages.ts";

/** The time limit of loading a worker's module and building its services, for the slowest machine. */
const START_TIMEOUT_MS = 120_000;

/** The thread of a worker that has failed: known to have ended, or possibly still running. */
export type ThreadState = "ended" | "may-run";

/**
 * A worker, as the main thread sees it.
 *
 * ```text
 * alive ── an uncaught error, fail(), no progress ──▶ failed
 *   └───── close() ─────────────────────────────────▶ closed
 * ```
 */
export class WorkerHandle {
  /** Number of its thread in the shared state. */
  readonly worker: number;
  readonly #worker: Worker;
  readonly #index: number;
  readonly #shared: SharedState;
  readonly #onFailure: (reason: string, thread: ThreadState) => void;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #openedAt = performance.now();
  #phase: "alive" | "closed" | "failed" = "alive";
  #nextId = 1;
  #hasServed = false;
  #progress = 0;
  #silentChecks = 0;

  constructor(
    thread: Worker,
    index: number,
    worker: number,
    shared: SharedState,
    onFailure: (reason: string, thread: ThreadState) => void,
  ) {
    this.worker = worker;
    this.#index = index;
    this.#shared = shared;
    this.#onFailure = onFailure;
    this.#worker = thread;
    this.#worker.onmessage = ({ data }) => this.#onMessage(data);
    this.#worker.onerror = (event) => {
      // By default the error is rethrown in the main thread, and ends the process.
      event.preventDefault();
      this.fail(event.message, "ended");
    };
  }

  get alive(): boolean {
    return this.#phase === "alive";
  }

  /** Marks of progress of its thread, modulo 2^32. */
  get progress(): number {
    return this.#shared.progress(this.worker);
  }

  /** True unless the worker has failed, or made no progress at the last two checks. */
  get responds(): boolean {
    return this.#phase === "alive" && this.#silentChecks <= 1;
  }

  /**
   * Sends a request to the worker. Resolves to its result when it is done.
   *
   * @throws {Error} when the request or the worker fails
   */
  ask(request: WorkerRequest, transfer: readonly Transferable[] = []): Promise<unknown> {
    if (this.#phase !== "alive") return Promise.reject(this.#gone());
    const id = this.#nextId++;
    const answer = Promise.withResolvers<unknown>();
    this.#pending.set(id, answer);
    this.#shared.announceMessage(this.worker);
    this.#worker.postMessage({ id, request } satisfies NumberedRequest, [...transfer]);
    if (this.#shared.isServing(this.worker)) wakePoller(this.#shared.wakeFd(this.worker));
    return answer.promise;
  }

  /** Sends a request. Resolves when it is done, and to undefined when the worker fails. */
  async settled(request: WorkerRequest): Promise<unknown> {
    try {
      return await this.ask(request);
    } catch (error) {
      if (this.#phase === "alive") throw error;
    }
  }

  /**
   * Checks for progress since the last check, and wakes a worker that made none: if it only waits for events, it makes
   * some then. A busy worker makes progress with each call, however long its turn is. One that hangs, or has ended its
   * own thread, makes none.
   *
   * @param maxSilentChecks checks in a row that may find no progress
   */
  check(maxSilentChecks: number): void {
    if (this.#phase !== "alive") return;
    const serves = this.#shared.isServing(this.worker);
    this.#hasServed ||= serves;
    if (!this.#hasServed) {
      if (performance.now() - this.#openedAt < START_TIMEOUT_MS) return;
      return this.fail(`It has not started within ${START_TIMEOUT_MS} ms`, "may-run");
    }
    const progress = this.#shared.progress(this.worker);
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.#silentChecks = 0;
      return;
    }
    if (this.#silentChecks > 0 && hasEnded(this.#shared.threadFd(this.worker))) {
      return this.fail("Its thread has ended", "ended");
    }
    if (this.#silentChecks++ >= maxSilentChecks) {
      return this.fail(
        "It hangs: a call, or a callback of one, does not return",
        "may-run",
      );
    }
    if (serves) wakePoller(this.#shared.wakeFd(this.worker));
  }

  /**
   * Asks the worker to end, and ends its thread once it has, or after `timeoutMs` milliseconds. Resolves to its calls,
   * or to undefined when it did not answer.
   */
  async close(timeoutMs: number): Promise<WorkerCalls | undefined> {
    let calls: unknown;
    if (this.#phase === "alive") {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, timeoutMs));
      calls = await Promise.race([late, this.settled({ kind: "close" })]);
      clearTimeout(timer);
    }
    if (this.#phase === "alive") this.#phase = "closed";
    this.#worker.terminate();
    this.#rejectPending();
    return calls as WorkerCalls | undefined;
  }

  /** Terminates the worker, and reports its failure. */
  fail(reason: string, thread: ThreadState): void {
    if (this.#phase !== "alive") return;
    this.#phase = "failed";
    this.#worker.terminate();
    this.#rejectPending();
    this.#onFailure(reason, thread);
  }

  #onMessage(message: WorkerAnswer | WorkerExit): void {
    if ("exitReason" in message) return this.fail(message.exitReason, "ended");
    const { id, failure, result } = message;
    const answer = this.#pending.get(id);
    this.#pending.delete(id);
    if (failure === undefined) answer?.resolve(result);
    else answer?.reject(new Error(`Worker ${this.#index} failed: ${failure}`));
  }

  #rejectPending(): void {
    for (const answer of this.#pending.values()) answer.reject(this.#gone());
    this.#pending.clear();
  }

  #gone(): Error {
    return new Error(`Worker ${this.#index} has ended`);
  }
}
