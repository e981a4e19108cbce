/**
 * The entry module of a worker that executes pipelines. Its thread has a lower priority than the threads that sign.
 *
 * @module
 */
import { libc } from "../../ffi/mod.ts";
import {
  createRegistry,
  Execution,
  PipelineError,
  planOf,
  receiveValues,
  sendValues,
  type Signer,
} from "../mod.ts";
import {
  buffersOf,
  type OpenMessage,
  type SentError,
  type WorkerAnswer,
  type WorkerRequest,
} from "./_messages.ts";
import { Turns } from "./_turns.ts";

/** The nice value: a tenth of the processor's time beside a busy thread of nice value 0 (sched(7)). */
const NICE = 10;

/**
 * The memory that the libraries of nodes may keep when no execution runs. They start with 16 MiB each; with more, the
 * serving thread replaces this worker.
 */
const MAX_IDLE_LIBRARY_BYTES = 64 * 1024 * 1024;

interface WorkerScope {
  onmessage: ((event: MessageEvent<OpenMessage | WorkerRequest>) => void) | null;
  postMessage(answer: WorkerAnswer, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const registry = createRegistry();
const running = new Map<number, Running>();
const turns = new Turns();

if (libc.isSupported()) libc.lowerThreadPriority(NICE);

// Loading takes tens of milliseconds, in which no message is received. A failure ends the executions that need the
// library, which load it again.
Promise.allSettled([...registry.values()].map(({ load }) => load?.()))
  .then(() => scope.postMessage({ kind: "ready" }));

scope.onmessage = ({ data: request }) => {
  if (request.kind === "open") return turns.count(request.posted);
  turns.received();
  const { id } = request;
  switch (request.kind) {
    case "part":
      try {
        if (request.manifest) running.set(id, new Running(id, request.manifest));
      } catch (error) {
        scope.postMessage({ kind: "failed", id, error: sent(error) });
      }
      running.get(id)?.push(request).catch((error) => running.get(id)?.fail(error));
      break;
    case "cancel":
      running.get(id)?.cancel();
      break;
    case "signed":
      running.get(id)?.signed(request);
  }
};

/** Errors of signatures that have failed in the serving thread, which keeps the error itself by this number. */
const failedCalls = new WeakMap<object, number>();

/** An execution under way. */
class Running implements Signer {
  readonly #id: number;
  readonly #execution: Execution;
  readonly #abort = new AbortController();
  readonly #calls: PromiseWithResolvers<Uint8Array | number>[] = [];
  #isBusy = false;

  constructor(id: number, manifest: Parameters<typeof planOf>[0]) {
    this.#id = id;
    this.#execution = new Execution(planOf(manifest, registry), {
      signal: this.#abort.signal,
      signer: this,
      cpu: threadClock(),
      inTurn: (slice) => turns.run(slice),
    });
  }

  async push({ inputs, memory, isLast }: Extract<WorkerRequest, { kind: "part" }>): Promise<void> {
    this.#isBusy = true;
    const values = inputs && await this.#inTurns(receiveValues(inputs));
    const results = await this.#execution.push(values, isLast);
    const outputs = await this.#inTurns(sendValues(results));
    this.#isBusy = false;
    const { metrics } = this.#execution;
    if (isLast || this.#abort.signal.aborted) this.#end();
    scope.postMessage(
      { kind: "done", id: this.#id, outputs, memory, metrics },
      buffersOf(outputs, memory),
    );
  }

  fail(error: unknown): void {
    this.#end();
    scope.postMessage({ kind: "failed", id: this.#id, error: sent(error) });
  }

  /** Ends the execution: at once, or at the end of the slice that runs. */
  cancel(): void {
    this.#abort.abort();
    for (const call of this.#calls) call.reject(new Error("The execution was cancelled"));
    if (!this.#isBusy) this.#end();
  }

  sign(task: Parameters<Signer["sign"]>[0]): Promise<Uint8Array> {
    return this.#call(task, undefined) as Promise<Uint8Array>;
  }

  verify(task: Parameters<Signer["sign"]>[0], signature: Uint8Array): Promise<number> {
    return this.#call(task, signature) as Promise<number>;
  }

  signed({ call, result, failure }: Extract<WorkerRequest, { kind: "signed" }>): void {
    if (failure === undefined) return this.#calls[call]!.resolve(result);
    const error = new Error(failure);
    failedCalls.set(error, call);
    this.#calls[call]!.reject(error);
  }

  #call(task: Parameters<Signer["sign"]>[0], signature: Uint8Array | undefined) {
    const call = this.#calls.length;
    const answer = Promise.withResolvers<Uint8Array | number>();
    this.#calls.push(answer);
    scope.postMessage({ kind: "sign", id: this.#id, call, task, signature });
    return answer.promise;
  }

  /** Runs the pieces of work besides the first one in turns, between which the execution can be cancelled. */
  async #inTurns<T>(work: Generator<void, T>): Promise<T> {
    let piece = work.next();
    while (!piece.done) {
      piece = await turns.run(() => {
        if (!this.#abort.signal.aborted) return work.next();
        throw new PipelineError("CANCELLED", "The execution was cancelled");
      });
    }
    return piece.value;
  }

  #end(): void {
    running.delete(this.#id);
    this.#execution[Symbol.dispose]();
    if (running.size === 0 && libraryBytes() > MAX_IDLE_LIBRARY_BYTES) {
      scope.postMessage({ kind: "grown" });
    }
  }
}

/** Returns the memory of the libraries of nodes. */
function libraryBytes(): number {
  let bytes = 0;
  for (const type of registry.values()) bytes += type.libraryBytes?.() ?? 0;
  return bytes;
}

/** Returns the clock of this thread's CPU time, where there is one. */
function threadClock(): (() => number) | undefined {
  return libc.isSupported() ? libc.threadCpuMs : undefined;
}

function sent(error: unknown): SentError {
  const known = error instanceof PipelineError
    ? error
    : new PipelineError("NODE_FAILED", "The execution failed", { cause: error });
  const { code, node, completed, cause } = known;
  const call = cause instanceof Error ? failedCalls.get(cause) : undefined;
  return {
    code,
    message: known.message,
    node,
    completed,
    call,
    cause: cause instanceof Error && call === undefined ? cause.stack : undefined,
  };
}
