/** The requests of `bench pipeline`. @module */
import { type ManifestInit, pipelineDefinition } from "../../api/mod.ts";
import { randomBytes } from "../../bench/mod.ts";
import { MAX_BUFFER_BYTES } from "../../pipeline/mod.ts";
import { loadManifest, wireManifest } from "../client/pipelines/mod.ts";
import { usageError } from "../exit.ts";
import { callName, type NamedWorkload } from "./named_workload.ts";
import type { BenchOptions } from "./options.ts";

/** The sample rate of the audio in hertz, and the bytes of a sample: I16. */
const RATE = 44_100;
const WIDTH = 2;

/** The pipeline without `--manifest`: 44.1 kHz to the rate of speech recognition. */
const RESAMPLE: ManifestInit = {
  version: 1,
  name: "resample",
  nodes: [{ id: "rate", type: "resample", parametersJson: '{"sample_rate":16000}' }],
  inputs: ["rate"],
  outputs: ["rate"],
};

/** Prepares the execution of a pipeline on noise of one channel. */
export function pipelineWorkload({ manifest: file, audio, seed }: BenchOptions): NamedWorkload {
  const manifest = file === undefined ? RESAMPLE : wireManifest(loadManifest(file));
  const { inputs = [] } = manifest;
  if (inputs.length !== 1) {
    throw usageError(`The pipeline has ${inputs.length} inputs: bench gives audio to one`);
  }
  const bytes = Math.round(audio / 1_000 * RATE) * WIDTH;
  if (bytes > MAX_BUFFER_BYTES) {
    throw usageError(`The audio has ${bytes} bytes: at most ${MAX_BUFFER_BYTES} are allowed`);
  }
  const samples = randomBytes(bytes, seed);
  const value = { samples, sampleRate: RATE, channels: 1, format: "SAMPLE_FORMAT_I16" } as const;
  const { path, requestSerialize } = pipelineDefinition.ExecutePipeline;
  const request = requestSerialize({ manifest, inputs: [{ name: inputs[0]!, audio: value }] });
  return { workload: { kind: "unary", path, request }, call: callName(path) };
}
