import { wakePoller } from "../../../net/mod.ts";
import type { SharedState } from "./_shared_state.ts";
import type { NumberedRequest, WorkerAnswer, WorkerRequest } from "./_messages.ts";

/** How long a worker may take to end before its thread is ended for it. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * The main thread's end of a worker.
 *
 * ```text
 * alive ── an error that nobody caught, fail() ──▶ dead
 *   └───── close() ──────────────────────────────▶ closed
 * ```
 */
export class WorkerHandle {
  readonly #worker: Worker;
  readonly #index: number;
  readonly #shared: SharedState;
  readonly #onDeath: (reason: string) => void;
  readonly #pending = new Map<number, PromiseWithResolvers<void>>();
  #phase: "alive" | "closed" | "dead" = "alive";
  #nextId = 1;

  constructor(
    entry: URL,
    index: number,
    shared: SharedState,
    onDeath: (reason: string) => void,
  ) {
    this.#index = index;
    this.#shared = shared;
    this.#onDeath = onDeath;
    this.#worker = new Worker(entry, { type: "module", name: `signer-${index}` });
    this.#worker.onmessage = ({ data }) => this.#onAnswer(data);
    this.#worker.onerror = (event) => {
      // Otherwise the error is the main thread's own, and ends the process.
      event.preventDefault();
      this.fail(event.message);
    };
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
    this.#shared.announceMessage(this.#index);
    this.#worker.postMessage({ id, request } satisfies NumberedRequest, [...transfer]);
    if (this.#shared.isServing(this.#index)) wakePoller(this.#shared.wakeFd(this.#index));
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

  /** Ends the worker. Resolves when its thread does not touch anything any more. */
  async close(): Promise<void> {
    if (this.#phase === "alive") {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, CLOSE_TIMEOUT_MS));
      await Promise.race([late, this.settled({ kind: "close" })]);
      clearTimeout(timer);
    }
    if (this.#phase === "alive") this.#phase = "closed";
    this.#worker.terminate();
  }

  /** Takes the worker for dead. */
  fail(reason: string): void {
    if (this.#phase !== "alive") return;
    this.#phase = "dead";
    this.#worker.terminate();
    for (const answer of this.#pending.values()) answer.reject(this.#gone());
    this.#pending.clear();
    this.#onDeath(reason);
  }

  #onAnswer({ id, failure }: WorkerAnswer): void {
    const answer = this.#pending.get(id);
    this.#pending.delete(id);
    if (failure === undefined) answer?.resolve();
    else answer?.reject(new Error(`Worker ${this.#index} failed: ${failure}`));
  }

  #gone(): Error {
    return new Error(`Worker ${this.#index} has ended`);
  }
}
