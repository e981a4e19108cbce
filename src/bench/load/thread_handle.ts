/** The main thread's handle of one load thread. @module */
import { RpcError, type StatusCode } from "../../grpc/mod.ts";
import type { Answer, Order } from "./thread.ts";

/** The main thread's handle of a load thread. */
export class ThreadHandle implements Disposable {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  readonly #ready = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<Answer & { kind: "done" }>();

  constructor(order: Order & { kind: "prepare" }) {
    // Either promise may reject while the other is awaited.
    this.#ready.promise.catch(() => {});
    this.#done.promise.catch(() => {});
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`A load thread died: ${event.message}`));
    };
    this.#post(order);
  }

  /** Resolves when the thread is connected; rejects if it cannot connect. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Resolves when the share of the thread is done. */
  get done(): Promise<Answer & { kind: "done" }> {
    return this.#done.promise;
  }

  /** Starts the load at a time in milliseconds since 1970. */
  begin(at: number): void {
    this.#post({ kind: "begin", at });
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
