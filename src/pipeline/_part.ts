/** The parts of a stream. An execution that is no stream has one part. @module */
import { PipelineError } from "./errors.ts";
import type { Inputs } from "./node.ts";
import type { Plan, PlannedNode } from "./plan.ts";
import { checkAudio, type Value } from "./values.ts";

/** The values of one part of a stream, while nodes run on it. */
export class Part {
  readonly outputs = new Map<string, Value>();
  readonly isLast: boolean;
  /** Nodes that have ended. */
  ended = 0;
  readonly #plan: Plan;
  readonly #inputs: ReadonlyMap<string, Value> | undefined;
  readonly #values = new Map<string, Value>();
  /** Uses of each node's output that are left. */
  readonly #uses = new Map<string, number>();

  constructor(plan: Plan, inputs: ReadonlyMap<string, Value> | undefined, isLast: boolean) {
    this.#plan = plan;
    this.#inputs = inputs;
    this.isLast = isLast;
    for (const { sources } of plan.nodes) {
      for (const source of sources.values()) {
        if (source.from === "node") this.#uses.set(source.id, (this.#uses.get(source.id) ?? 0) + 1);
      }
    }
  }

  /** The inputs of a node; undefined when one has no value in this part. */
  inputsOf({ type, sources }: PlannedNode): Inputs | undefined {
    const inputs: Record<string, Value> = {};
    for (const [name, source] of sources) {
      const value = source.from === "node"
        ? this.#values.get(source.id)
        : this.#inputs?.get(source.input);
      if (value === undefined) return undefined;
      const accepted = type.inputs[name]!;
      if (!accepted.includes(value.kind)) {
        const isFile = value.kind === "bytes" && accepted.includes("audio");
        throw new PipelineError(
          "BAD_INPUT",
          `The input ${name} takes ${accepted.join(" or ")}, not ${value.kind}${
            isFile ? ": a node wav_decode before it reads a WAV file" : ""
          }`,
        );
      }
      if (value.kind === "audio") checkAudio(value.audio);
      inputs[name] = value;
    }
    return inputs;
  }

  /** Keeps the output of a node that has ended for the nodes that use it, and releases the inputs of the node. */
  end({ id, sources }: PlannedNode, value: Value | undefined): void {
    this.ended++;
    if (value !== undefined) {
      if (this.#plan.outputs.includes(id)) this.outputs.set(id, value);
      if (this.#uses.has(id)) this.#values.set(id, value);
    }
    for (const source of sources.values()) {
      if (source.from === "caller") continue;
      const left = this.#uses.get(source.id)! - 1;
      this.#uses.set(source.id, left);
      if (left === 0) this.#values.delete(source.id);
    }
  }
}
