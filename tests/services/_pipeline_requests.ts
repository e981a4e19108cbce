/** Requests of PipelineService. @module */
import { chain } from "../pipeline/_pipelines.ts";

/** The types of nodes with their parameters. */
export type Nodes = Parameters<typeof chain>;

/** The manifest of a chain of nodes, as a request has it. */
export function wire(nodes: Nodes, limits = {}) {
  const manifest = chain(...nodes);
  return {
    ...manifest,
    limits,
    nodes: manifest.nodes.map(({ id, type, parameters }) => ({
      id,
      type,
      parametersJson: JSON.stringify(parameters),
    })),
  };
}

/** The input of the first node, mono. */
export function sound(samples: Int16Array, sampleRate = 16_000) {
  const bytes = new Uint8Array(samples.buffer);
  const audio = { samples: bytes, sampleRate, channels: 1, format: "SAMPLE_FORMAT_I16" };
  return { name: "n0", audio };
}
