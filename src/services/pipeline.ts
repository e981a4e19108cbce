/** PipelineService: executes pipelines on a worker beside the thread that signs. @module */
import {
  type Chunk,
  type ExecutePipelineRequest,
  type ExecutePipelineResponseInit,
  type GetMetricsResponseInit,
  type GetVersionRequest,
  type GetVersionResponseInit,
  type Manifest as WireManifest,
  pipelineDefinition,
  protocolVersions,
  type StreamPipelineRequest,
  type StreamPipelineResponseInit,
} from "../api/mod.ts";
import {
  bidi,
  type CallContext,
  type CallPart,
  implement,
  OVERLOAD_RETRY_MS,
  overloaded,
  RpcError,
  type Service,
  StatusCode,
  type StatusName,
  unary,
} from "../grpc/mod.ts";
import {
  createRegistry,
  type ErrorKind,
  type ExecutionMetrics,
  expectedValues,
  type Manifest,
  MANIFEST_VERSION,
  MAX_CHUNK_BYTES,
  PipelineCounters,
  PipelineError,
  type Plan,
  planOf,
  readManifest,
  type Registry,
  requireStream,
  type Signer,
} from "../pipeline/mod.ts";
import {
  type PartResult,
  type PipelineJob,
  PipelineWorker,
  type SentValues,
} from "../pipeline/workers/mod.ts";
import type { PipelineAudit } from "./audit.ts";
import { fromCryptoError } from "./crypto_status.ts";
import { ExecutionQueue } from "./pipeline_queue.ts";
import { manifestOf, valuesOf, wireMetrics, wireValues } from "./pipeline_values.ts";
import { StreamLimit } from "./stream_limit.ts";

/**
 * Memory of the executions of a thread at once, and that of the parts of streams, by the limits of their manifests: 8
 * and 4 with the default of 100 MB. More at once would not be faster, as they share one processor.
 */
const MAX_EXECUTION_BYTES = 800_000_000;
const MAX_PART_BYTES = 400_000_000;
/**
 * Executions of a thread at once, and parts of streams, however little memory they need. Each has a turn of 1 ms in which
 * it learns that it was cancelled: with more, a client that leaves would wait for over 100 ms.
 */
const MAX_RUNNING = 16;
/** Executions of a thread that run or wait, whose requests are held in memory meanwhile. */
const MAX_PENDING = 1_024;
/** Share of one peer: half, so that another one finds room. */
const MAX_PENDING_PER_PEER = 512;
/** Open streams of a thread. Each holds the state of its nodes, and mostly waits for its next chunk. */
const MAX_STREAMS = 64;
const MAX_STREAMS_PER_PEER = 32;
/** Time without a chunk: some pauses of a live source. */
const MAX_IDLE_MS = 30_000;
/** 1 h: the longest life of a stream, so that none keeps its place without an end. */
const MAX_STREAM_MS = 3_600_000;

/** The parts of the server that pipelines use. */
export interface PipelineOptions {
  /** Version of the server. */
  readonly version: string;
  /** Makes the signer of a call. */
  readonly signerOf: (context: CallContext) => Signer;
  readonly audit?: PipelineAudit | undefined;
  /** The counters' memory, which threads share. */
  readonly counters?: SharedArrayBuffer | undefined;
  /** Called with the reason when the worker of the thread has failed. */
  readonly onWorkerFailure?: ((reason: string) => void) | undefined;
  /** Time without a chunk, for tests. */
  readonly maxIdleMs?: number;
}

/** PipelineService of one thread, with its worker. */
export class Pipelines implements Disposable {
  readonly service: Service;
  readonly #options: PipelineOptions;
  readonly #registry = createRegistry();
  readonly #counters: PipelineCounters;
  readonly #worker: PipelineWorker;
  readonly #queue = new ExecutionQueue(MAX_EXECUTION_BYTES, MAX_RUNNING);
  /** Streams do not wait behind executions, which may take seconds. */
  readonly #parts = new ExecutionQueue(MAX_PART_BYTES, MAX_RUNNING);
  readonly #pending = new StreamLimit(MAX_PENDING, MAX_PENDING_PER_PEER, () => {
    return overloaded("Too many pipelines wait here", Math.max(100, this.#queue.expectedMs));
  });
  readonly #streams = new StreamLimit(MAX_STREAMS, MAX_STREAMS_PER_PEER, () => {
    return overloaded("Too many streams of pipelines are open here", OVERLOAD_RETRY_MS);
  });

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#counters = new PipelineCounters([...this.#registry.keys()], options.counters);
    this.#worker = new PipelineWorker({ onFailure: options.onWorkerFailure });
    this.service = implement(pipelineDefinition, {
      ExecutePipeline: unary((request, context) => this.#counted(this.#execute(request, context))),
      StreamPipeline: bidi((requests, context) => this.#stream(requests, context)),
      GetVersion: unary((request) => describe(request, options.version, this.#registry)),
      GetMetrics: unary(() => metricsOf(this.#counters)),
    });
  }

  /** Starts the worker, so that the first execution does not wait for it. */
  start(): void {
    this.#worker.start();
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }

  async #execute(
    { manifest: given, inputs }: ExecutePipelineRequest,
    context: CallContext,
  ): Promise<ExecutePipelineResponseInit> {
    const { manifest, plan } = this.#plan(given, context);
    using _pending = this.#pending.open(context);
    using _turn = await this.#turn(plan, context);
    using job = this.#worker.open(manifest, this.#ownerOf(context));
    using _running = this.#gauge("running");
    const began = Date.now();
    const memory = context.takeRequestMemory?.();
    const result = await job.push(valuesOf(inputs, memory), true, memory);
    if (result.memory) context.returnRequestMemory?.(result.memory);
    const { outputs, metrics } = result;
    context.parts = partsOf(metrics, began);
    this.#options.audit?.end(context, "OK");
    this.#counters.succeeded(metrics);
    return { outputs: wireValues(plan, outputs), metrics: wireMetrics(metrics) };
  }

  async *#stream(
    requests: AsyncIterable<StreamPipelineRequest>,
    context: CallContext,
  ): AsyncGenerator<StreamPipelineResponseInit> {
    let hasEnded = false;
    try {
      yield* this.#chunks(new ChunkReader(requests, context, this.#options.maxIdleMs), context);
      hasEnded = true;
    } catch (error) {
      hasEnded = true;
      throw this.#failed(error);
    } finally {
      // The client has left while a response waited for it.
      if (!hasEnded) {
        this.#counters.failed("CANCELLED");
        this.#options.audit?.end(context, "CANCELLED");
      }
    }
  }

  async *#chunks(
    reader: ChunkReader,
    context: CallContext,
  ): AsyncGenerator<StreamPipelineResponseInit> {
    using _open = this.#streams.open(context);
    using _gauge = this.#gauge("streams");
    const { manifest, plan } = this.#plan(await reader.manifest(), context);
    requireStream(plan);
    using job = this.#worker.open(manifest, this.#ownerOf(context));
    for (;;) {
      const chunk = await reader.chunk();
      const memory = context.takeRequestMemory?.();
      const inputs = chunk && valuesOf(chunk.values, memory);
      const { outputs, metrics } = await this.#part(job, inputs, memory, plan, context);
      if (outputs.size > 0) yield { chunk: { values: wireValues(plan, outputs) } };
      if (inputs !== undefined) continue;
      this.#options.audit?.end(context, "OK");
      this.#counters.succeeded(metrics);
      return yield { metrics: wireMetrics(metrics) };
    }
  }

  /** Processes a part of a stream in its turn, which ends before the caller reads the outputs. */
  async #part(
    job: PipelineJob,
    inputs: SentValues | undefined,
    memory: ArrayBuffer | undefined,
    { limits }: Plan,
    { signal }: CallContext,
  ): Promise<PartResult> {
    using _turn = await this.#parts.turn(limits.memoryBytes, signal);
    return await job.push(inputs, inputs === undefined, memory);
  }

  /** Reads a manifest, with which the execution begins for the audit log. */
  #plan(
    given: WireManifest | null | undefined,
    context: CallContext,
  ): { manifest: Manifest; plan: Plan } {
    if (!given) throw new RpcError("INVALID_ARGUMENT", "The request has no manifest");
    const manifest = readManifest(manifestOf(given));
    const plan = planOf(manifest, this.#registry);
    const { requestSerialize } = pipelineDefinition.ExecutePipeline;
    this.#options.audit?.begin(context, requestSerialize({ manifest: given }));
    return { manifest, plan };
  }

  #ownerOf(context: CallContext) {
    return { signal: context.signal, signer: this.#options.signerOf(context) };
  }

  async #turn({ limits }: Plan, { signal }: CallContext): Promise<Disposable> {
    using _waiting = this.#gauge("waiting");
    return await this.#queue.turn(limits.memoryBytes, signal);
  }

  #gauge(name: "running" | "waiting" | "streams"): Disposable {
    this.#counters.change(name, 1);
    return { [Symbol.dispose]: () => this.#counters.change(name, -1) };
  }

  async #counted<T>(execution: Promise<T>): Promise<T> {
    try {
      return await execution;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Counts an error, and converts it for the caller. */
  #failed(error: unknown): unknown {
    this.#counters.failed(kindOf(error));
    return statusOf(error);
  }
}

/** Reads the requests of a stream: a manifest, and chunks. */
class ChunkReader {
  readonly #requests: AsyncIterator<StreamPipelineRequest>;
  readonly #context: CallContext;
  readonly #maxIdleMs: number;
  readonly #end = performance.now() + MAX_STREAM_MS;

  constructor(
    requests: AsyncIterable<StreamPipelineRequest>,
    context: CallContext,
    maxIdleMs = MAX_IDLE_MS,
  ) {
    this.#requests = requests[Symbol.asyncIterator]();
    this.#context = context;
    this.#maxIdleMs = maxIdleMs;
  }

  async manifest(): Promise<WireManifest> {
    const first = await this.#next();
    if (first?.request === "manifest") return first.manifest;
    throw new RpcError("INVALID_ARGUMENT", "The first request of a stream must have the manifest");
  }

  /** Returns the next chunk; undefined at the end of the requests. */
  async chunk(): Promise<Chunk | undefined> {
    const next = await this.#next();
    if (next === undefined) return undefined;
    if (next.request !== "chunk") {
      throw new RpcError("INVALID_ARGUMENT", "A request of a stream must have a chunk");
    }
    const bytes = next.chunk.values.reduce((sum, { audio, data, json }) => {
      return sum + (audio?.samples ?? data ?? json ?? "").length;
    }, 0);
    if (bytes <= MAX_CHUNK_BYTES) return next.chunk;
    throw new RpcError(
      "RESOURCE_EXHAUSTED",
      `The chunk has ${bytes} bytes: at most ${MAX_CHUNK_BYTES} are allowed`,
    );
  }

  async #next(): Promise<StreamPipelineRequest | undefined> {
    const left = this.#end - performance.now();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const reason = left < this.#maxIdleMs
        ? `The stream has been open for ${MAX_STREAM_MS / 1_000} s`
        : `No chunk has arrived for ${this.#maxIdleMs / 1_000} s`;
      late.reject(new RpcError("DEADLINE_EXCEEDED", reason));
    }, Math.min(left, this.#maxIdleMs));
    try {
      const { done, value } = await Promise.race([this.#requests.next(), late.promise]);
      if (!done) return value;
    } finally {
      clearTimeout(timer);
    }
    // A client that leaves ends its requests too.
    if (this.#context.signal.aborted) throw new RpcError("CANCELLED", "The caller has left");
    return undefined;
  }
}

/** Statuses of the errors that a caller causes. A node that fails otherwise is INTERNAL, and logged. */
const statuses: Partial<Record<PipelineError["code"], StatusName>> = {
  BAD_MANIFEST: "INVALID_ARGUMENT",
  BAD_INPUT: "INVALID_ARGUMENT",
  LIMIT: "RESOURCE_EXHAUSTED",
  TIMED_OUT: "DEADLINE_EXCEEDED",
  CANCELLED: "CANCELLED",
  WORKER_FAILED: "UNAVAILABLE",
};

/** Converts an error that a caller causes into an RpcError. Errors of signatures keep their status. */
function statusOf(error: unknown): unknown {
  if (!(error instanceof PipelineError)) return error;
  const { code, message, cause } = error;
  const signing = fromCryptoError(cause);
  if (signing instanceof RpcError) {
    return new RpcError(signing.code, message, { cause: error, metadata: signing.metadata });
  }
  const status = statuses[code];
  return status ? new RpcError(status, message, { cause: error }) : error;
}

/** The nodes of an execution, for spans. */
function partsOf({ nodes }: ExecutionMetrics, began: number): CallPart[] {
  return nodes.map(({ id, type, startMs, endMs }) => ({
    name: `node ${type}`,
    startTime: began + startMs,
    endTime: began + endMs,
    attributes: { "signer.node": id, "signer.node_type": type },
  }));
}

function kindOf(error: unknown): ErrorKind {
  if (error instanceof PipelineError) {
    return fromCryptoError(error.cause) instanceof RpcError ? "REFUSED" : error.code;
  }
  if (!(error instanceof RpcError)) return "REFUSED";
  switch (error.code) {
    case StatusCode.CANCELLED:
      return "CANCELLED";
    case StatusCode.DEADLINE_EXCEEDED:
      return "TIMED_OUT";
    case StatusCode.RESOURCE_EXHAUSTED:
      // With the delay after which to try again.
      return error.metadata.size > 0 ? "OVERLOAD" : "LIMIT";
    default:
      return "REFUSED";
  }
}

function describe(
  { manifestVersion }: GetVersionRequest,
  version: string,
  registry: Registry,
): GetVersionResponseInit {
  return {
    version,
    manifestVersions: [MANIFEST_VERSION],
    protocolVersions: [...protocolVersions],
    compatible: manifestVersion === 0 || manifestVersion === MANIFEST_VERSION,
    nodeTypes: [...registry.values()].map(({ type, description, parameters }) => ({
      type,
      description,
      parameters: Object.entries(parameters).map(([name, schema]) => ({
        name,
        description: schema.description,
        values: expectedValues(schema) + (schema.optional ? "; optional" : ""),
        defaultJson: "default" in schema ? JSON.stringify(schema.default) : "",
      })),
    })),
  };
}

function metricsOf(counters: PipelineCounters): GetMetricsResponseInit {
  const { executions, wallUs, cpuUs, audioBytes, running, waiting, streams, ...counts } = counters
    .read();
  return {
    ...{ executions, wallUs, cpuUs, audioBytes, running, waiting, streams },
    errors: counts.errors.filter(({ count }) => count > 0),
    nodeTypes: counts.nodes.filter(({ executions }) => executions > 0)
      .map(({ type, executions, us }) => ({ type, executions, us })),
  };
}
