/** The main thread's handle of one load thread. @module */
import { RpcError, type StatusCode } from "../../grpc/mod.ts";
import type { Answer, Order } from "./thread.ts";

type Done = Answer & { kind: "done" };

/** The main thread's handle of a load thread. */
export class ThreadHandle implements Disposable {
  readonly #worker = new Worker(new URL("./load_worker.ts", import.meta.url), { type: "module" });
  #ready = Promise.withResolvers<void>();
  #done = Promise.withResolvers<Done>();
  #death: Error | undefined;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#death = new Error(`A load thread died: ${event.message}`);
      this.#fail(this.#death);
    };
  }

  /** Resolves when the thread is connected for a load; rejects if it cannot connect. */
  prepare(order: Order & { kind: "prepare" }): Promise<void> {
    this.#ready = Promise.withResolvers();
    this.#done = Promise.withResolvers();
    // Either promise may reject while the other is awaited.
    this.#ready.promise.catch(() => {});
    this.#done.promise.catch(() => {});
    if (this.#death !== undefined) this.#fail(this.#death);
    this.#post(order);
    return this.#ready.promise;
  }

  /** Starts the load at a time on the shared clock, in milliseconds. Resolves when the share of the thread is done. */
  begin(at: number): Promise<Done> {
    this.#post({ kind: "begin", at });
    return this.#done.promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  #post(order: Order): void {
    this.#worker.postMessage(order);
  }

  #hear(answer: Answer): void {
    switch (answer.kind) {
      case "ready":
        return this.#ready.resolve();
      case "done":
        return this.#done.resolve(answer);
      case "failed": {
        const { status, message, cause } = answer;
        return this.#fail(
          status === undefined
            ? new Error(message, { cause })
            : new RpcError(status as StatusCode, message, { cause }),
        );
      }
    }
  }

  #fail(error: Error): void {
    this.#ready.reject(error);
    this.#done.reject(error);
  }
}
