/** Execution of a plan: one node after the other, in slices. @module */
import { setImmediate } from "node:timers/promises";
import { PipelineError } from "./errors.ts";
import { estimateMemory, MAX_STATE_BYTES } from "./limits.ts";
import type { NodeContext, NodeInstance, Work } from "./node.ts";
import { Part } from "./_part.ts";
import type { Plan, PlannedNode } from "./plan.ts";
import { NO_SIGNER, type Signer } from "./signer.ts";
import { byteLength, type Value } from "./values.ts";

/** Time of one uninterrupted part of an execution: a few signatures. */
const TURN_MS = 1;

/** Options of an execution. */
export interface ExecuteOptions {
  /** Cancels the execution. */
  readonly signal?: AbortSignal;
  /** Runs each slice of the execution among the other work of the thread; by default one for each turn of the event loop. */
  readonly inTurn?: <T>(slice: () => T) => Promise<T>;
  /** Signs for the nodes; by default there are no keys. */
  readonly signer?: Signer;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
  /** The CPU time of the thread, in milliseconds; by default the clock. */
  readonly cpu?: (() => number) | undefined;
}

/** Figures of an execution. */
export interface ExecutionMetrics {
  /** Time in parts, with waits for other work of the thread and for signatures. */
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly memoryEstimateBytes: number;
  /** Bytes of the buffers that the nodes allocated. */
  readonly allocatedBytes: number;
  /** Bytes of samples in inputs, and in the outputs of nodes that make audio of other values. */
  readonly audioBytes: number;
  /** The nodes in the order of execution. */
  readonly nodes: readonly NodeFigures[];
}

/** Figures of a node. */
export interface NodeFigures {
  readonly id: string;
  readonly type: string;
  /** Time in the node. */
  readonly ms: number;
  /** Times of its first and its last slice, from the start of the execution. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Outputs of a pipeline by node id. */
export type Outputs = ReadonlyMap<string, Value>;

/** The outputs of a pipeline, with the figures of the execution. */
export interface ExecutionResult {
  readonly outputs: Outputs;
  readonly metrics: ExecutionMetrics;
}

/**
 * Executes a plan. Values pass between nodes by reference, and are released after their last use.
 *
 * @param inputs values of the plan's inputs, by their names in the manifest
 * @throws {PipelineError} BAD_INPUT, LIMIT, TIMED_OUT, CANCELLED or NODE_FAILED, with the node
 */
export async function execute(
  plan: Plan,
  inputs: ReadonlyMap<string, Value>,
  options: ExecuteOptions = {},
): Promise<ExecutionResult> {
  using execution = new Execution(plan, options);
  const outputs = await execution.push(inputs, true);
  return { outputs, metrics: execution.metrics };
}

/** A node of an execution. */
interface RunningNode {
  readonly planned: PlannedNode;
  readonly instance: NodeInstance;
  ms: number;
  startMs: number | undefined;
  endMs: number;
}

/**
 * An execution under way. A stream is an execution of several parts, between which nodes keep their state.
 *
 * A node runs on a part when all its inputs have a value in it. At the last part it runs also without values, and
 * returns the rest of its output.
 */
export class Execution implements NodeContext, Disposable {
  readonly signer: Signer;
  readonly #plan: Plan;
  readonly #options: ExecuteOptions;
  readonly #now: () => number;
  readonly #cpu: () => number;
  readonly #nodes: RunningNode[];
  #part: Part | undefined;
  #work: Work<Value | undefined> | undefined;
  /** Continues the running node. */
  #resume = next;
  /** The promise that the running node waits for. */
  #awaited: Promise<unknown> | undefined;
  readonly #began: number;
  #wallMs = 0;
  #cpuMs = 0;
  #estimate = 0;
  #audioBytes = 0;
  /** Bytes that were allocated in earlier parts. */
  #allocatedBefore = 0;
  /** Bytes that were allocated in this part. */
  #allocated = 0;
  /** Bytes that the nodes keep until they end. */
  #stateBytes = 0;

  constructor(plan: Plan, options: ExecuteOptions = {}) {
    const { signer = NO_SIGNER, now = () => performance.now() } = options;
    this.signer = signer;
    this.#plan = plan;
    this.#options = options;
    this.#now = now;
    this.#cpu = options.cpu ?? now;
    this.#nodes = [];
    for (const planned of plan.nodes) this.#nodes.push(this.#open(planned));
    this.#began = now();
  }

  get metrics(): ExecutionMetrics {
    return {
      wallMs: this.#wallMs,
      cpuMs: this.#cpuMs,
      memoryEstimateBytes: this.#estimate,
      allocatedBytes: this.#allocatedBefore + this.#allocated,
      audioBytes: this.#audioBytes,
      nodes: this.#nodes.map(({ planned: { id, type }, ms, startMs = 0, endMs }) => {
        return { id, type: type.type, ms, startMs, endMs };
      }),
    };
  }

  /**
   * Processes a part of a stream, or the only one. The limits of time and memory hold for each part.
   *
   * @param inputs undefined for the end of a stream without a further part
   * @throws {PipelineError} as `execute()`
   */
  async push(inputs: ReadonlyMap<string, Value> | undefined, isLast: boolean): Promise<Outputs> {
    const { signal, inTurn = inEventLoop } = this.#options;
    const { limits, nodes } = this.#plan;
    const started = this.#now();
    if (inputs !== undefined) this.#checkInputs(inputs);
    this.#allocatedBefore += this.#allocated;
    this.#allocated = 0;
    this.#part = new Part(this.#plan, inputs, isLast);
    try {
      await Promise.all(nodes.map(({ type }) => type.load?.()));
      do {
        await this.#settle();
        if (signal?.aborted) {
          throw this.#failure(new PipelineError("CANCELLED", "The execution was cancelled"));
        }
        if (this.#now() - started > limits.timeMs) {
          const message = `The execution takes over ${limits.timeMs} ms: time_ms allows no more`;
          throw this.#failure(new PipelineError("TIMED_OUT", message));
        }
      } while (!await inTurn(() => this.#advance()));
    } finally {
      this.#wallMs += this.#now() - started;
    }
    return this.#part.outputs;
  }

  reserve(bytes: number): void {
    const { bufferBytes, memoryBytes } = this.#plan.limits;
    if (bytes > bufferBytes) {
      throw new PipelineError(
        "LIMIT",
        `A buffer of ${bytes} bytes is too large: at most ${bufferBytes} are allowed`,
      );
    }
    this.#allocated += bytes;
    if (this.#allocated > memoryBytes) {
      throw new PipelineError(
        "LIMIT",
        `The nodes need more memory than the limit of ${memoryBytes} bytes`,
      );
    }
  }

  reserveState(bytes: number): void {
    this.#stateBytes += bytes;
    if (this.#stateBytes <= MAX_STATE_BYTES) return;
    throw new PipelineError(
      "LIMIT",
      `The state of the nodes needs more memory than the limit of ${MAX_STATE_BYTES} bytes`,
    );
  }

  /** Ends the nodes, which frees the memory of their libraries. */
  [Symbol.dispose](): void {
    this.#work?.return(undefined);
    this.#work = undefined;
    for (const { instance } of this.#nodes) instance[Symbol.dispose]?.();
  }

  /** @throws {PipelineError} NODE_FAILED */
  #open(planned: PlannedNode): RunningNode {
    try {
      const instance = planned.type.open(planned.parameters, this);
      return { planned, instance, ms: 0, startMs: undefined, endMs: 0 };
    } catch (error) {
      this[Symbol.dispose]();
      throw failureOf(planned, [], error);
    }
  }

  /** Checks the caller's values, and estimates the memory that they need. */
  #checkInputs(inputs: ReadonlyMap<string, Value>): void {
    const { inputs: names, limits, nodes } = this.#plan;
    for (const name of inputs.keys()) {
      if (names.includes(name)) continue;
      throw new PipelineError(
        "BAD_INPUT",
        `The pipeline has no input ${name.slice(0, 64)}: it has ${names.join(", ") || "none"}`,
      );
    }
    let bytes = 0;
    for (const name of names) {
      const value = inputs.get(name);
      if (value === undefined) {
        throw new PipelineError("BAD_INPUT", `There is no value for the input ${name}`);
      }
      const size = byteLength(value);
      if (size > limits.bufferBytes) {
        throw new PipelineError(
          "LIMIT",
          `The input ${name} has ${size} bytes: at most ${limits.bufferBytes} are allowed`,
        );
      }
      bytes += size;
      if (value.kind === "audio") this.#audioBytes += size;
    }
    const estimate = estimateMemory(bytes, nodes.length);
    if (estimate > limits.memoryBytes) {
      throw new PipelineError(
        "LIMIT",
        `The execution needs about ${estimate} bytes of memory, for ${bytes} bytes of inputs and ${nodes.length} nodes: memory_bytes allows ${limits.memoryBytes}`,
      );
    }
    this.#estimate = Math.max(this.#estimate, estimate);
  }

  /** Waits for the promise that the running node has yielded, if it has. */
  async #settle(): Promise<void> {
    if (this.#awaited === undefined) return;
    try {
      const value = await this.#awaited;
      this.#resume = (work) => work.next(value);
    } catch (error) {
      this.#resume = (work) => work.throw(error);
    }
    this.#awaited = undefined;
  }

  /** Runs slices for about 1 ms, or until a node has to wait. Returns true at the end of the last node. */
  #advance(): boolean {
    const began = this.#now();
    const cpuBegan = this.#cpu();
    const part = this.#part!;
    try {
      do {
        const node = this.#nodes[part.ended];
        if (node === undefined) return true;
        this.#slice(node, part);
      } while (this.#awaited === undefined && this.#now() < began + TURN_MS);
      return part.ended === this.#nodes.length;
    } finally {
      this.#cpuMs += this.#cpu() - cpuBegan;
    }
  }

  #slice(node: RunningNode, part: Part): void {
    const started = this.#now();
    node.startMs ??= started - this.#began;
    try {
      this.#work ??= node.instance.push(part.inputsOf(node.planned), part.isLast);
      const resume = this.#resume;
      this.#resume = next;
      const { done, value } = resume(this.#work);
      if (done) {
        this.#work = undefined;
        part.end(node.planned, value);
        if (value !== undefined && isSource(node.planned)) this.#audioBytes += byteLength(value);
        if (part.isLast) node.instance[Symbol.dispose]?.();
      } else this.#awaited = value ?? undefined;
    } catch (error) {
      throw this.#failure(error);
    } finally {
      const ended = this.#now();
      node.ms += ended - started;
      node.endMs = ended - this.#began;
    }
  }

  /** Adds the place to an error. */
  #failure(error: unknown): PipelineError {
    const { ended } = this.#part!;
    const { nodes } = this.#plan;
    return failureOf(nodes[ended] ?? nodes.at(-1)!, nodes.slice(0, ended), error);
  }
}

/** Makes the error of a node, when others had ended. */
function failureOf(
  { id, type }: PlannedNode,
  ended: readonly PlannedNode[],
  error: unknown,
): PipelineError {
  const own = error instanceof PipelineError;
  const reason = error instanceof Error ? error.message : String(error);
  return new PipelineError(
    own ? error.code : "NODE_FAILED",
    `Node ${id} (${type.type}): ${reason}`,
    { node: id, completed: ended.map(({ id }) => id), cause: own ? error.cause : error },
  );
}

/** Tells whether a node makes audio of other values, as that of WAV files does. */
function isSource({ type }: PlannedNode): boolean {
  return type.output === "audio" &&
    Object.values(type.inputs).every((kinds) => !kinds.includes("audio"));
}

function next(work: Work<Value | undefined>) {
  return work.next();
}

async function inEventLoop<T>(slice: () => T): Promise<T> {
  await setImmediate();
  return slice();
}
