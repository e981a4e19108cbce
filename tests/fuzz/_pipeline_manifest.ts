/** The fuzz target of manifests of pipelines. @module */
import assert from "node:assert/strict";
import { createRegistry, Execution, PipelineError, planOf } from "../../src/pipeline/mod.ts";
import { readManifestText } from "../../src/pipeline/text/mod.ts";
import type { Random } from "../http2/_random.ts";
import type { FuzzTarget } from "./_target.ts";

const registry = createRegistry();
const types = [...registry.keys(), "unknown"];

const example = `version: 1
name: speech
nodes:
  - { id: file, type: wav_decode }
  - { id: rate, type: resample, parameters: { sample_rate: 16000 } }
  - { id: speech, type: voice_activity }
  - { id: hash, type: digest }
  - { id: mark, type: sign, parameters: { key: a, input: digest } }
connections:
  - { from: file, to: rate }
  - { from: rate, to: speech }
  - { from: speech, to: hash }
  - { from: hash, to: mark.in }
inputs: [file]
outputs: [speech, mark]
limits: { time_ms: 1000 }
`;

/** Returns a manifest of random nodes and connections, in JSON, mostly of valid parts. */
function graph(random: Random): Uint8Array {
  const pick = <T>(list: readonly T[]) => list[random(list.length)]!;
  const count = 1 + random(6);
  const id = () => `n${random(count + (random(20) === 0 ? 1 : 0))}`;
  const value = () =>
    pick<unknown>([0, 1, -1, 16_000, 0.5, 1e300, null, "", "a", "digest", true, [0, 1], {}]);
  const nodes = Array.from({ length: count }, (_, index) => {
    const type = pick(types);
    const names = Object.keys(registry.get(type)?.parameters ?? {});
    const parameters = Object.fromEntries(
      names.filter(() => random(3) > 0).map((name) => [name, value()]),
    );
    return { id: `n${index}`, type, parameters };
  });
  const connections = Array.from({ length: random(2 * count) }, () => ({
    from: id(),
    to: random(4) === 0 ? `${id()}.${pick(["in", "signature", "constructor"])}` : id(),
  }));
  const text = JSON.stringify({
    version: 1,
    nodes,
    connections,
    inputs: Array.from({ length: random(3) }, id),
    outputs: [id()],
    limits: random(4) === 0 ? { time_ms: value() } : {},
  });
  return new TextEncoder().encode(text);
}

/** A manifest is refused with an error of its own, or gives a plan whose nodes can be opened. */
export const pipelineManifest: FuzzTarget = {
  name: "pipeline_manifest",
  seeds: () => [new TextEncoder().encode(example)],
  generate: graph,
  run(bytes) {
    const text = new TextDecoder().decode(bytes);
    try {
      const plan = planOf(readManifestText(text, registry), registry);
      assert.ok(plan.nodes.length > 0 && plan.nodes.length <= 20);
      const seen = new Set<string>();
      for (const { id, sources } of plan.nodes) {
        for (const source of sources.values()) {
          if (source.from === "node") assert.ok(seen.has(source.id));
        }
        seen.add(id);
      }
      new Execution(plan)[Symbol.dispose]();
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      assert.equal(error.code, "BAD_MANIFEST");
    }
  },
};
