import { setImmediate } from "node:timers";

/** A complete request that waits for its handler. */
export interface Waiting {
  /** Whether it can start now; a request that cannot holds up those behind it on its connection. */
  isReady(): boolean;
  start(): void;
}

/**
 * Hands complete requests to their handlers, one of each connection in turn, and lets the event loop read sockets after
 * each slice of time: one connection with much work does not stop the others.
 */
export class Turns {
  readonly #sliceMs: number;
  readonly #queues = new Map<object, Waiting[]>();
  #running = false;
  /** Undefined before the first request of a turn of the event loop. */
  #sliceEnd: number | undefined;

  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** Queues a request behind those of the same connection. */
  push(connection: object, request: Waiting): void {
    const queue = this.#queues.get(connection);
    if (queue) queue.push(request);
    else this.#queues.set(connection, [request]);
    this.wake();
  }

  /** Removes a request, if it is queued. */
  remove(connection: object, request: Waiting): void {
    const queue = this.#queues.get(connection);
    const at = queue?.indexOf(request) ?? -1;
    if (at < 0) return;
    queue!.splice(at, 1);
    if (queue!.length === 0) this.#queues.delete(connection);
  }

  /** Looks again for requests that can start. */
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
        this.remove(connection, request);
        request.start();
        if (this.#queues.size === 0) break;
        // grpc-js calls the handler a few microtasks later: its time belongs to the slice.
        for (let i = 0; i < 4; i++) await undefined;
      }
    }
    this.#running = false;
  }

  /** Tells the end of the slice, after which the event loop has its turn and the requests go on. */
  #sliceIsOver(): boolean {
    const now = performance.now();
    if (this.#sliceEnd !== undefined) return now >= this.#sliceEnd;
    this.#sliceEnd = now + this.#sliceMs;
    setImmediate(() => {
      this.#sliceEnd = undefined;
      if (this.#running) this.#run();
      else this.wake();
    });
    return false;
  }
}
