/** The serving thread's handle of its worker of pipelines. @module */
import { PipelineError } from "../errors.ts";
import type { ExecutionMetrics } from "../execution.ts";
import { limitsOf } from "../limits.ts";
import type { Manifest } from "../manifest.ts";
import type { Signer } from "../signer.ts";
import type { SentValue } from "../values.ts";
import {
  buffersOf,
  type ExecutionAnswer,
  type OpenMessage,
  type SentError,
  type WorkerAnswer,
  type WorkerRequest,
} from "./_messages.ts";

/**
 * Time after the limit of an execution in which its worker must answer. One that does not is taken to hang. On a busy
 * machine a thread of low priority may take many seconds to start.
 */
const ANSWER_MS = 30_000;

/**
 * Time without an execution after which a worker that has grown is replaced. Executions wait about a second for a new
 * one, so that one in use is kept.
 */
const REPLACE_MS = 10_000;

/** Options of a worker. */
export interface PipelineWorkerOptions {
  /** Called with the reason when the worker has failed. */
  readonly onFailure?: ((reason: string) => void) | undefined;
  /** Another entry module, for tests. */
  readonly entry?: URL;
  /** Another time for the answer, for tests. */
  readonly answerMs?: number;
  /** Another time before it is replaced, for tests. */
  readonly replaceMs?: number;
}

/** The parts of a call that its execution needs. */
export interface ExecutionOwner {
  /** Cancels the execution. */
  readonly signal: AbortSignal;
  /** Signs for the nodes, on the serving thread. */
  readonly signer: Signer;
}

/** Values of inputs or outputs by name. */
export type SentValues = ReadonlyMap<string, SentValue>;

/** The outputs of a part, with the figures of the execution. */
export interface PartResult {
  readonly outputs: SentValues;
  /** The memory that was given to the part. Outputs may be views of it. */
  readonly memory: ArrayBuffer | undefined;
  readonly metrics: ExecutionMetrics;
}

/** A message with the memory that moves. */
interface Message {
  readonly request: WorkerRequest;
  readonly transfer: Transferable[];
}

/**
 * A worker that executes pipelines beside the thread that owns it. It starts at its first execution. One that fails or
 * hangs ends its executions, and the next execution starts another. One whose libraries keep much memory is replaced when
 * nothing has run for a while.
 *
 * A worker receives no message while it starts, which takes about a second when it is started by another worker (Deno
 * 2.9.6 waits half a second for a debugger, twice). Executions wait here until it is ready, so that one that is cancelled
 * meanwhile ends at once.
 */
export class PipelineWorker implements Disposable {
  readonly #options: PipelineWorkerOptions;
  readonly #jobs = new Map<number, PipelineJob>();
  #worker: Worker | undefined;
  /** The first parts of executions by their id, while the worker starts; undefined once it is ready. */
  #held: Map<number, Message> | undefined;
  /** The number of messages to the worker. */
  #posted: Int32Array = new Int32Array();
  #nextId = 0;
  /** The timer that replaces the worker unless an execution is opened before. */
  #replacement: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: PipelineWorkerOptions = {}) {
    this.#options = options;
  }

  /** Starts the worker before its first execution. */
  start(): void {
    this.#worker ??= this.#open();
  }

  /** Opens an execution of a valid manifest. */
  open(manifest: Manifest, owner: ExecutionOwner): PipelineJob {
    if (this.#isClosed) throw new PipelineError("WORKER_FAILED", "The server is closing");
    this.start();
    clearTimeout(this.#replacement);
    const id = this.#nextId++;
    const { answerMs = ANSWER_MS } = this.#options;
    const maxMs = limitsOf(manifest.limits).timeMs + answerMs;
    const job = new PipelineJob(id, manifest, maxMs, owner, {
      post: (request, transfer) => this.#post(request, transfer),
      hangs: () => this.#fail(`An execution of ${manifest.name || "a pipeline"} hangs`),
      ended: () => this.#jobs.delete(id),
    });
    this.#jobs.set(id, job);
    job.begin();
    return job;
  }

  /** Ends all executions, and the thread. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#end("The server is closing");
  }

  #post(request: WorkerRequest, transfer: Transferable[] = []): void {
    if (this.#held === undefined) this.#send({ request, transfer });
    else if (request.kind === "cancel") this.#held.delete(request.id);
    else this.#held.set(request.id, { request, transfer });
  }

  #send({ request, transfer }: Message): void {
    if (this.#worker === undefined) return;
    this.#worker.postMessage(request, transfer);
    Atomics.add(this.#posted, 0, 1);
  }

  /** Sends the messages that have waited for the worker. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held.values()) this.#send(message);
  }

  #open(): Worker {
    const { entry = new URL("./execution_worker.ts", import.meta.url) } = this.#options;
    const worker = new Worker(entry, { type: "module", name: "signer-pipelines" });
    this.#held = new Map();
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      if (data.kind !== "ready" && data.kind !== "grown") this.#jobs.get(data.id)?.take(data);
      else if (worker !== this.#worker) return;
      else if (data.kind === "ready") this.#release();
      else this.#replaceLater();
    };
    worker.onerror = (event) => {
      // By default the error is rethrown in this thread.
      event.preventDefault();
      if (worker === this.#worker) this.#fail(event.message);
    };
    const posted = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.#posted = new Int32Array(posted);
    worker.postMessage({ kind: "open", posted } satisfies OpenMessage);
    return worker;
  }

  #replaceLater(): void {
    const { replaceMs = REPLACE_MS } = this.#options;
    clearTimeout(this.#replacement);
    this.#replacement = setTimeout(() => {
      // A stream may have been opened before, whose end is reported again.
      if (this.#jobs.size > 0) return;
      this.#stop();
      this.start();
    }, replaceMs);
  }

  #fail(reason: string): void {
    this.#options.onFailure?.(reason);
    this.#end("The worker of pipelines has failed: try again");
  }

  #stop(): void {
    clearTimeout(this.#replacement);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#held = undefined;
  }

  #end(message: string): void {
    this.#stop();
    for (const job of [...this.#jobs.values()]) {
      job.fail(new PipelineError("WORKER_FAILED", message));
    }
  }
}

/** The parts of a worker that its jobs use. */
interface Thread {
  post(request: WorkerRequest, transfer?: Transferable[]): void;
  hangs(): void;
  ended(): void;
}

/** The error of a part after the last one. Each new error captures a stack. */
const ENDED = new PipelineError("CANCELLED", "The execution has ended");

/** An execution on a worker. */
export class PipelineJob implements Disposable {
  readonly #id: number;
  readonly #maxMs: number;
  readonly #owner: ExecutionOwner;
  readonly #thread: Thread;
  /** Errors of signatures by their number in the execution. */
  readonly #failures = new Map<number, unknown>();
  readonly #onAbort = () => this.#cancel();
  #part: PromiseWithResolvers<PartResult> | undefined;
  /** The manifest until the worker has it. */
  #manifest: Manifest | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end: PipelineError | undefined;

  constructor(
    id: number,
    manifest: Manifest,
    maxMs: number,
    owner: ExecutionOwner,
    thread: Thread,
  ) {
    this.#id = id;
    this.#manifest = manifest;
    this.#maxMs = maxMs;
    this.#owner = owner;
    this.#thread = thread;
  }

  begin(): void {
    this.#owner.signal.addEventListener("abort", this.#onAbort);
    if (this.#owner.signal.aborted) this.#cancel();
  }

  /**
   * Processes the next part of a stream, or the only one, when the part before is done. The buffers of the values are
   * transferred to the worker.
   *
   * @param memory memory of the request, which values may be views of: it is transferred, and returned with the outputs
   * @throws {PipelineError} as `Execution.push()`; WORKER_FAILED
   */
  async push(
    inputs: SentValues | undefined,
    isLast: boolean,
    memory?: ArrayBuffer,
  ): Promise<PartResult> {
    if (this.#end) throw this.#end;
    this.#part = Promise.withResolvers();
    this.#timer = setTimeout(() => this.#thread.hangs(), this.#maxMs);
    const entries = inputs && [...inputs];
    this.#thread.post(
      { kind: "part", id: this.#id, manifest: this.#manifest, inputs: entries, memory, isLast },
      buffersOf(entries ?? [], memory),
    );
    this.#manifest = undefined;
    try {
      const result = await this.#part.promise;
      if (isLast) this.#ended(ENDED);
      return result;
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** Takes a message of the worker. */
  take(answer: ExecutionAnswer): void {
    switch (answer.kind) {
      case "done":
        this.#part?.resolve({
          outputs: new Map(answer.outputs),
          memory: answer.memory,
          metrics: answer.metrics,
        });
        break;
      case "failed":
        this.fail(this.#errorOf(answer.error));
        break;
      case "sign":
        this.#sign(answer);
    }
  }

  /** Ends the execution with an error. */
  fail(error: PipelineError): void {
    this.#ended(error);
    this.#part?.reject(error);
  }

  /** Cancels the execution if it has not ended. */
  [Symbol.dispose](): void {
    this.#cancel();
  }

  #cancel(): void {
    if (this.#end) return;
    if (this.#manifest === undefined) this.#thread.post({ kind: "cancel", id: this.#id });
    this.fail(new PipelineError("CANCELLED", "The execution was cancelled"));
  }

  #ended(error: PipelineError): void {
    this.#end ??= error;
    this.#owner.signal.removeEventListener("abort", this.#onAbort);
    this.#thread.ended();
  }

  async #sign({ id, call, task, signature }: Extract<ExecutionAnswer, { kind: "sign" }>) {
    const { signer } = this.#owner;
    const about = { kind: "signed", id, call } as const;
    try {
      const result = signature === undefined
        // A copy: the message would take the whole memory that signatures share.
        ? new Uint8Array(await signer.sign(task))
        : await signer.verify(task, signature);
      this.#thread.post({ ...about, result });
    } catch (error) {
      this.#failures.set(call, error);
      const failure = error instanceof Error ? error.message : String(error);
      this.#thread.post({ ...about, failure });
    }
  }

  #errorOf({ code, message, node, completed, call, cause }: SentError): PipelineError {
    return new PipelineError(code, message, {
      ...node === undefined ? {} : { node },
      completed,
      cause: call === undefined ? cause && new Error(cause) : this.#failures.get(call),
    });
  }
}
