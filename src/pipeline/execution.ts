/** Execution of a plan: one node after the other, in slices. @module */
import { setImmediate } from "node:timers/promises";
import { PipelineError } from "./errors.ts";
import { estimateMemory } from "./limits.ts";
import type { NodeContext, Work } from "./node.ts";
import type { Plan, PlannedNode } from "./plan.ts";
import { NO_SIGNER, type Signer } from "./signer.ts";
import { byteLength, checkAudio, type Value } from "./values.ts";

/** Time of one uninterrupted part of an execution: a few signatures. */
const TURN_MS = 1;

/** Options of an execution. */
export interface ExecuteOptions {
  /** Cancels the execution. */
  readonly signal?: AbortSignal;
  /** Runs each part of the execution among the other work of the thread; by default one for each turn of the event loop. */
  readonly inTurn?: <T>(part: () => T) => Promise<T>;
  /** Signs for the nodes; by default there are no keys. */
  readonly signer?: Signer;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}

/** Figures of an execution. */
export interface ExecutionMetrics {
  readonly wallMs: number;
  readonly memoryEstimateBytes: number;
  /** Bytes of the buffers that the nodes allocated. */
  readonly allocatedBytes: number;
  /** Time in each node, in the order of execution. */
  readonly nodes: readonly { readonly id: string; readonly type: string; readonly ms: number }[];
}

/** The outputs of a pipeline by node id, with the figures of the execution. */
export interface ExecutionResult {
  readonly outputs: ReadonlyMap<string, Value>;
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
  const { signal, inTurn = inEventLoop, signer = NO_SIGNER, now = () => performance.now() } =
    options;
  const started = now();
  const memoryEstimateBytes = checkInputs(plan, inputs);
  await Promise.all(plan.nodes.map(({ type }) => type.load?.()));
  const execution = new Execution(plan, inputs, signer, now);
  try {
    do {
      await execution.settle();
      if (signal?.aborted) {
        throw execution.failure(new PipelineError("CANCELLED", "The execution was cancelled"));
      }
      if (now() - started > plan.limits.timeMs) {
        throw execution.failure(
          new PipelineError("TIMED_OUT", `The execution takes over ${plan.limits.timeMs} ms`),
        );
      }
    } while (!await inTurn(() => execution.advance()));
  } finally {
    execution.close();
  }
  const { outputs, nodes, allocatedBytes } = execution;
  return {
    outputs,
    metrics: { wallMs: now() - started, memoryEstimateBytes, allocatedBytes, nodes },
  };
}

async function inEventLoop<T>(part: () => T): Promise<T> {
  await setImmediate();
  return part();
}

/** Checks the caller's values. Returns the estimate of memory. */
function checkInputs(plan: Plan, inputs: ReadonlyMap<string, Value>): number {
  for (const name of inputs.keys()) {
    if (plan.inputs.includes(name)) continue;
    throw new PipelineError(
      "BAD_INPUT",
      `The pipeline has no input ${name.slice(0, 64)}: it has ${plan.inputs.join(", ") || "none"}`,
    );
  }
  let bytes = 0;
  for (const name of plan.inputs) {
    const value = inputs.get(name);
    if (value === undefined) throw new PipelineError("BAD_INPUT", `The input ${name} is missing`);
    const size = byteLength(value);
    if (size > plan.limits.bufferBytes) {
      throw new PipelineError(
        "LIMIT",
        `The input ${name} has ${size} bytes: at most ${plan.limits.bufferBytes} are allowed`,
      );
    }
    bytes += size;
  }
  const estimate = estimateMemory(bytes, plan.nodes.length);
  if (estimate > plan.limits.memoryBytes) {
    throw new PipelineError(
      "LIMIT",
      `The execution needs about ${estimate} bytes of memory: at most ${plan.limits.memoryBytes} are allowed`,
    );
  }
  return estimate;
}

function next(work: Work) {
  return work.next();
}

/** An execution under way. */
class Execution implements NodeContext {
  readonly outputs = new Map<string, Value>();
  readonly nodes: { id: string; type: string; ms: number }[] = [];
  allocatedBytes = 0;
  readonly #plan: Plan;
  readonly #inputs: ReadonlyMap<string, Value>;
  readonly signer: Signer;
  readonly #now: () => number;
  readonly #values = new Map<string, Value>();
  /** Uses of each node's output that are left. */
  readonly #uses = new Map<string, number>();
  #work: Work | undefined;
  /** Continues the running node. */
  #resume: (work: Work) => IteratorResult<void | Promise<unknown>, Value> = next;
  /** The promise that the running node waits for. */
  #awaited: Promise<unknown> | undefined;
  #timeOfNode = 0;

  constructor(
    plan: Plan,
    inputs: ReadonlyMap<string, Value>,
    signer: Signer,
    now: () => number,
  ) {
    this.#plan = plan;
    this.#inputs = inputs;
    this.signer = signer;
    this.#now = now;
    for (const { sources } of plan.nodes) {
      for (const source of sources.values()) {
        if (source.from === "node") this.#uses.set(source.id, (this.#uses.get(source.id) ?? 0) + 1);
      }
    }
  }

  /** Waits for the promise that the running node has yielded, if it has. */
  async settle(): Promise<void> {
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
  advance(): boolean {
    const end = this.#now() + TURN_MS;
    do {
      const node = this.#plan.nodes[this.nodes.length];
      if (node === undefined) return true;
      this.#slice(node);
    } while (this.#awaited === undefined && this.#now() < end);
    return this.nodes.length === this.#plan.nodes.length;
  }

  reserve(bytes: number): void {
    const { bufferBytes, memoryBytes } = this.#plan.limits;
    if (bytes > bufferBytes) {
      throw new PipelineError(
        "LIMIT",
        `A buffer of ${bytes} bytes is too large: at most ${bufferBytes} are allowed`,
      );
    }
    this.allocatedBytes += bytes;
    if (this.allocatedBytes > memoryBytes) {
      throw new PipelineError(
        "LIMIT",
        `The nodes need more memory than the limit of ${memoryBytes} bytes`,
      );
    }
  }

  /** Ends the running node, which frees the memory of its library. */
  close(): void {
    this.#work?.return(undefined as never);
    this.#work = undefined;
  }

  /** Adds the place to an error. */
  failure(error: unknown): PipelineError {
    const { id, type } = this.#plan.nodes[this.nodes.length] ?? this.#plan.nodes.at(-1)!;
    const own = error instanceof PipelineError;
    const reason = error instanceof Error ? error.message : String(error);
    return new PipelineError(
      own ? error.code : "NODE_FAILED",
      `Node ${id} (${type.type}): ${reason}`,
      {
        node: id,
        completed: this.nodes.map((node) => node.id),
        cause: own ? error.cause : error,
      },
    );
  }

  #slice(node: PlannedNode): void {
    const started = this.#now();
    try {
      this.#work ??= node.type.run(this.#inputsOf(node), node.parameters, this);
      const resume = this.#resume;
      this.#resume = next;
      const { done, value } = resume(this.#work);
      this.#timeOfNode += this.#now() - started;
      if (done) this.#end(node, value);
      else this.#awaited = value ?? undefined;
    } catch (error) {
      throw this.failure(error);
    }
  }

  #end(node: PlannedNode, value: Value): void {
    this.#work = undefined;
    this.nodes.push({ id: node.id, type: node.type.type, ms: this.#timeOfNode });
    this.#timeOfNode = 0;
    if (this.#plan.outputs.includes(node.id)) this.outputs.set(node.id, value);
    if (this.#uses.has(node.id)) this.#values.set(node.id, value);
    for (const source of node.sources.values()) {
      if (source.from === "caller") continue;
      const left = this.#uses.get(source.id)! - 1;
      this.#uses.set(source.id, left);
      if (left === 0) this.#values.delete(source.id);
    }
  }

  #inputsOf({ type, sources }: PlannedNode): Record<string, Value> {
    const entries = [...sources].map(([name, source]) => {
      const value = source.from === "node"
        ? this.#values.get(source.id)!
        : this.#inputs.get(source.input)!;
      const accepted = type.inputs[name]!;
      if (!accepted.includes(value.kind)) {
        throw new PipelineError(
          "BAD_INPUT",
          `The input ${name} takes ${accepted.join(" or ")}, not ${value.kind}`,
        );
      }
      if (value.kind === "audio") checkAudio(value.audio);
      return [name, value] as const;
    });
    return Object.fromEntries(entries);
  }
}
