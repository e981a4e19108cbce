/** The thread of executions without the handle that serving threads have, so that a test posts each message. @module */
import { type Manifest, type SentValue } from "../../src/pipeline/mod.ts";
import type {
  ExecutionAnswer,
  OpenMessage,
  WorkerAnswer,
  WorkerRequest,
} from "../../src/pipeline/workers/_messages.ts";

export class ExecutionThread implements Disposable {
  /** The answers so far. */
  readonly answers: ExecutionAnswer[] = [];
  /** How often the thread has said that its libraries have grown. */
  grown = 0;
  readonly #worker = new Worker(
    new URL("../../src/pipeline/workers/execution_worker.ts", import.meta.url),
    { type: "module" },
  );
  readonly #posted = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #arrived = Promise.withResolvers<void>();

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      if (data.kind === "ready") return;
      if (data.kind === "grown") return void this.grown++;
      this.answers.push(data);
      this.#arrived.resolve();
    };
    const posted = this.#posted.buffer as SharedArrayBuffer;
    this.#worker.postMessage({ kind: "open", posted } satisfies OpenMessage);
  }

  post(request: WorkerRequest): void {
    this.#worker.postMessage(request);
    Atomics.add(this.#posted, 0, 1);
  }

  /** Begins an execution of one part with the input n0. */
  execute(id: number, manifest: Manifest, value: SentValue): void {
    const inputs = [["n0", value]] as const;
    this.post({ kind: "part", id, manifest, inputs, memory: undefined, isLast: true });
  }

  /** Returns the first answer about an execution. */
  async answerOf(id: number): Promise<ExecutionAnswer> {
    for (;;) {
      const answer = this.answers.find((each) => each.id === id);
      if (answer !== undefined) return answer;
      await this.#arrived.promise;
      this.#arrived = Promise.withResolvers();
    }
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
