/** Pipelines of tests. @module */
import { type AudioBuffer, type SentValue, type Value } from "../../src/pipeline/mod.ts";

/** Audio of one channel at 16 kHz, unless otherwise given. */
export function audio(
  samples: AudioBuffer["samples"],
  channels = 1,
  sampleRate = 16_000,
): Value & { kind: "audio" } {
  return { kind: "audio", audio: { samples, channels, sampleRate } };
}

/** The same as its bytes, as F32. */
export function sentAudio(samples: Float32Array): SentValue & { kind: "audio" } {
  const bytes = new Uint8Array(samples.slice().buffer);
  return { kind: "audio", bytes, format: "F32", channels: 1, sampleRate: 16_000 };
}

/** A manifest of one node, or of a chain of nodes. */
export function chain(...nodes: [type: string, parameters?: Record<string, unknown>][]) {
  const ids = nodes.map((_, index) => `n${index}`);
  return {
    version: 1,
    name: "chain",
    nodes: nodes.map(([type, parameters = {}], index) => ({ id: ids[index]!, type, parameters })),
    connections: ids.slice(1).map((to, index) => ({ from: ids[index]!, to })),
    inputs: ["n0"],
    outputs: [ids.at(-1)!],
    limits: {},
  };
}

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
