/** The queue of executions, or of parts of streams, of one thread. @module */
import { RpcError } from "../grpc/mod.ts";

/** Share of the newest duration in the mean. */
const WEIGHT = 0.2;

/** The duration of an execution before one was measured, in milliseconds. */
const FIRST_MS = 100;

/**
 * Executions, of which as many run at once as their memory and a number allow. The others wait in the order of their arrival, so
 * that an execution that needs much memory has its turn, too.
 */
export class ExecutionQueue {
  readonly #memoryBytes: number;
  readonly #maxRunning: number;
  readonly #waiting = new Set<Waiting>();
  #running = 0;
  /** Memory of the running executions. */
  #usedBytes = 0;
  #meanMs = FIRST_MS;

  /**
   * @param memoryBytes memory of all that run at once
   * @param maxRunning their number
   */
  constructor(memoryBytes: number, maxRunning: number) {
    this.#memoryBytes = memoryBytes;
    this.#maxRunning = maxRunning;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Estimates the milliseconds until a further execution would begin. */
  get expectedMs(): number {
    return Math.ceil(this.#meanMs * (this.#waiting.size + 1) / Math.max(1, this.#running));
  }

  /**
   * Waits for a turn, which ends when the result is disposed of.
   *
   * @param bytes memory that the execution may use; more than the whole counts as the whole
   * @throws {RpcError} CANCELLED
   */
  async turn(bytes: number, signal: AbortSignal): Promise<Disposable> {
    const needed = Math.min(bytes, this.#memoryBytes);
    if (this.#waiting.size === 0 && this.#hasRoom(needed)) this.#begin(needed);
    else await this.#wait(needed, signal);
    const began = performance.now();
    return {
      [Symbol.dispose]: () => {
        this.#running--;
        this.#usedBytes -= needed;
        this.#meanMs += WEIGHT * (performance.now() - began - this.#meanMs);
        this.#admit();
      },
    };
  }

  #begin(bytes: number): void {
    this.#running++;
    this.#usedBytes += bytes;
  }

  #hasRoom(bytes: number): boolean {
    return this.#running < this.#maxRunning && this.#usedBytes + bytes <= this.#memoryBytes;
  }

  /** Begins the executions that have waited longest, while there is room for them. */
  #admit(): void {
    for (const { bytes, begin } of this.#waiting) {
      if (!this.#hasRoom(bytes)) return;
      begin();
    }
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#waiting.delete(waiting);
      reject(new RpcError("CANCELLED", "The caller left before the execution began"));
      // It may have been the first, which the others waited behind.
      this.#admit();
    };
    const begin = () => {
      this.#waiting.delete(waiting);
      signal.removeEventListener("abort", leave);
      this.#begin(bytes);
      resolve();
    };
    const waiting = { bytes, begin };
    this.#waiting.add(waiting);
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave);
    return promise;
  }
}

/** An execution that waits for its turn. */
interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}
