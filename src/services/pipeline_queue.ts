/** The queue of executions of one thread. @module */
import { RpcError } from "../grpc/mod.ts";

/** Share of the newest duration in the mean. */
const WEIGHT = 0.2;

/** The duration of an execution before one was measured, in milliseconds. */
const FIRST_MS = 100;

/** Executions of which some run at once, and the others wait in the order in which they came. */
export class ExecutionQueue {
  readonly #atOnce: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #meanMs = FIRST_MS;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Estimates the milliseconds until a further execution would begin. */
  get expectedMs(): number {
    return Math.ceil(this.#meanMs * (this.#waiting.size + 1) / this.#atOnce);
  }

  /**
   * Waits for a turn, which ends when the result is disposed of.
   *
   * @throws {RpcError} CANCELLED
   */
  async turn(signal: AbortSignal): Promise<Disposable> {
    if (this.#running < this.#atOnce && this.#waiting.size === 0) this.#running++;
    else await this.#wait(signal);
    const began = performance.now();
    return {
      [Symbol.dispose]: () => {
        this.#running--;
        this.#meanMs += WEIGHT * (performance.now() - began - this.#meanMs);
        const [next] = this.#waiting;
        next?.();
      },
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#waiting.delete(begin);
      reject(new RpcError("CANCELLED", "The caller left before the execution began"));
    };
    const begin = () => {
      this.#waiting.delete(begin);
      signal.removeEventListener("abort", leave);
      this.#running++;
      resolve();
    };
    this.#waiting.add(begin);
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave);
    return promise;
  }
}
