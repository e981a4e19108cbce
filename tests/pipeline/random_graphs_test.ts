/** Random graphs of all types of nodes on random inputs: an answer, or an error that names its cause. @module */
import assert from "node:assert/strict";
import type { Registry, Signer, Value } from "../../src/pipeline/mod.ts";
import { gate } from "../_support/gate.ts";
import { audio, randomNumbers } from "./_pipelines.ts";

const [test, loaded] = await gate(["env", "read"], () => import("../../src/pipeline/mod.ts"));
const { createRegistry, execute, Execution, PipelineError, planOf, readManifest } = loaded;

type NodeType = Registry extends ReadonlyMap<string, infer T> ? T : never;

const inTurn = <T>(part: () => T) => Promise.resolve(part());

/** Errors that the caller causes. A node that fails otherwise is a fault. */
const expected = ["BAD_MANIFEST", "BAD_INPUT", "LIMIT"];

const signer: Signer = {
  sign: ({ bytes }) => Promise.resolve(bytes.slice(0, 64)),
  verify: () => Promise.resolve(0),
};

/** Makes random manifests and values. */
class Source {
  readonly #random: () => number;
  readonly #registry = createRegistry();

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
  }

  /** A whole number below another. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** A manifest whose nodes all have a source: an earlier node, or the caller. */
  manifest() {
    const types = [...this.#registry.values()];
    const nodes = Array.from({ length: 1 + this.below(8) }, (_, index) => {
      const type = this.pick(types);
      return { id: `n${index}`, type: type.type, parameters: this.#parameters(type.parameters) };
    });
    const connections: { from: string; to: string }[] = [];
    const inputs: string[] = [];
    nodes.forEach(({ id, type }, index) => {
      for (const input of Object.keys(this.#registry.get(type)!.inputs)) {
        const to = input === "in" ? id : `${id}.${input}`;
        if (index === 0 || this.below(6) === 0) inputs.push(to);
        else connections.push({ from: `n${this.below(index)}`, to });
      }
    });
    return { version: 1, nodes, connections, inputs, outputs: nodes.map(({ id }) => id) };
  }

  value(): Value {
    switch (this.below(6)) {
      case 0:
        return {
          kind: "bytes",
          bytes: Uint8Array.from({ length: this.below(200) }, () => this.below(256)),
        };
      case 1:
        return { kind: "json", json: [this.below(9), { a: null }] };
      default:
        return this.audio(1 + this.below(4), this.pick([8_000, 16_000, 44_100, 48_000]));
    }
  }

  audio(channels: number, rate: number) {
    const length = this.pick([0, 1, 7, 480, 3_000]) * channels;
    const odd = [NaN, Infinity, -Infinity, 0, 1e30, -0];
    return this.below(2) === 0
      ? audio(Int16Array.from({ length }, () => this.below(65_536) - 32_768), channels, rate)
      : audio(
        Float32Array.from(
          { length },
          () => this.below(9) === 0 ? this.pick(odd) : this.#random() - 0.5,
        ),
        channels,
        rate,
      );
  }

  #parameters(schemas: NodeType["parameters"]): Record<string, unknown> {
    const values = Object.entries(schemas).flatMap(([name, schema]): [string, unknown][] => {
      if ("default" in schema && this.below(2) === 0) return [];
      if (name === "key_type" || (schema.optional && name !== "key")) return [];
      switch (schema.kind) {
        case "choice":
          return [[name, this.pick(schema.choices)]];
        case "indices":
          return [[name, Array.from({ length: 1 + this.below(4) }, () => this.below(4))]];
        case "text":
          return [[name, "key"]];
        case "number": {
          const value = schema.min + this.#random() * (schema.max - schema.min);
          return [[name, schema.integer ? Math.floor(value) : value]];
        }
      }
    });
    return Object.fromEntries(values);
  }
}

/** Returns the outcome of an action: its value, or the code of its error. */
async function outcome<T>(action: () => Promise<T>, message: string): Promise<T | string> {
  try {
    return await action();
  } catch (error) {
    assert.ok(error instanceof PipelineError, `${message}: ${error}`);
    assert.ok(expected.includes(error.code), `${message}: ${error.code} ${error.message}`);
    return error.code;
  }
}

test("random graphs give their outputs, or an error of the caller, and the same each time", async () => {
  const source = new Source(11);
  let answered = 0;
  for (let round = 0; round < 400; round++) {
    const manifest = source.manifest();
    const message = `round ${round}: ${JSON.stringify(manifest)}`;
    const inputs = new Map(manifest.inputs.map((name) => [name, source.value()]));
    const run = () =>
      outcome(() => {
        const plan = planOf(readManifest(manifest), createRegistry());
        return execute(plan, inputs, { inTurn, signer });
      }, message);
    const [first, second] = [await run(), await run()];
    if (typeof first === "string") {
      assert.equal(second, first, message);
      continue;
    }
    answered++;
    assert.equal(first.outputs.size, manifest.outputs.length, message);
    assert.ok(typeof second !== "string", message);
    assert.deepEqual(second.outputs, first.outputs, message);
  }
  assert.ok(answered > 40, `${answered} of 400 graphs were answered`);
});

test("random graphs as streams of random chunks end, with an output or an error of the caller", async () => {
  const source = new Source(12);
  let ended = 0;
  for (let round = 0; round < 200; round++) {
    const manifest = source.manifest();
    const message = `round ${round}: ${JSON.stringify(manifest)}`;
    const form = [1 + source.below(2), source.pick([8_000, 16_000])] as const;
    const result = await outcome(async () => {
      using execution = new Execution(planOf(readManifest(manifest), createRegistry()), {
        inTurn,
        signer,
      });
      for (let chunk = source.below(5); chunk > 0; chunk--) {
        const inputs = manifest.inputs.map((name) => [name, source.audio(...form)] as const);
        await execution.push(new Map(inputs), false);
      }
      return await execution.push(undefined, true);
    }, message);
    if (typeof result !== "string") ended++;
  }
  assert.ok(ended > 20, `${ended} of 200 streams ended`);
});
