import { RpcError, type StatusCode } from "../../grpc/mod.ts";
import type { Answer, Order } from "./thread.ts";

/** A load thread as the main thread sees it. */
export class ThreadHandle implements Disposable {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  readonly #ready = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<Answer & { kind: "done" }>();

  constructor(order: Order & { kind: "prepare" }) {
    // Each of the two may fail while only the other is awaited.
    this.#ready.promise.catch(() => {});
    this.#done.promise.catch(() => {});
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`A load thread died: ${event.message}`));
    };
    this.#post(order);
  }

  /** Resolves when it is connected. Rejects with the error that keeps it from that. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Resolves when its share is done. */
  get done(): Promise<Answer & { kind: "done" }> {
    return this.#done.promise;
  }

  /** Has it begin at a time in milliseconds since 1970. */
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
