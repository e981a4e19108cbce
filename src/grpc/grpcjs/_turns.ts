/** The order in which complete requests start: connections take turns. @module */
import { nextTurn } from "./_next_turn.ts";

/** A complete request that has not been started. */
export interface Waiting {
  /** Returns true if the request can start now. If not, later requests of its connection wait too. */
  isReady(): boolean;
  start(): void;
}

/**
 * Starts complete requests, one of each connection in turn, and yields to the event loop after each slice of time, so
 * that one connection with many requests does not delay the others.
 */
export class Turns {
  readonly #sliceMs: number;
  readonly #queues = new Map<object, Waiting[]>();
  #running = false;
  /** Undefined until a request is started in this turn of the event loop. */
  #sliceEnd: number | undefined;

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** Queues a request after those of the same connection. */
  push(connection: object, request: Waiting): void {
    const queue = this.#queues.get(connection);
    if (queue) queue.push(request);
    else this.#queues.set(connection, [request]);
    this.wake();
  }

  /** Removes a request if it is queued. */
  remove(connection: object, request: Waiting): void {
    const queue = this.#queues.get(connection);
    const at = queue?.indexOf(request) ?? -1;
    if (at < 0) return;
    queue!.splice(at, 1);
    if (queue!.length === 0) this.#queues.delete(connection);
  }

  /** Starts requests that have become ready. */
  wake(): void {
    if (this.#running || this.#queues.size === 0) return;
    this.#running = true;
    this.#run();
  }

  /** Starts one request of each connection in turn until none is ready or the slice is over. */
  async #run(): Promise<void> {
    for (let ready = true; ready;) {
      ready = false;
      for (const [connection, queue] of this.#queues) {
        const request = queue[0];
        if (!request.isReady()) continue;
        if (this.#sliceIsOver()) return;
        ready = true;
        queue.shift();
        // The next request of this connection waits behind those of the others.
        this.#queues.delete(connection);
        if (queue.length > 0) this.#queues.set(connection, queue);
        request.start();
        if (this.#queues.size === 0) break;
        // grpc-js calls the handler a few microtasks later, and its time counts in the slice.
        for (let i = 0; i < 4; i++) await undefined;
      }
    }
    this.#running = false;
  }

  /** Returns true at the end of the slice. The next turn of the event loop continues. */
  #sliceIsOver(): boolean {
    const now = performance.now();
    if (this.#sliceEnd !== undefined) return now >= this.#sliceEnd;
    this.#sliceEnd = now + this.#sliceMs;
    nextTurn(() => {
      this.#sliceEnd = undefined;
      if (this.#running) this.#run();
      else this.wake();
    });
    return false;
  }
}
