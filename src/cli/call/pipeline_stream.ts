/** `call pipeline stream`. @module */
import {
  type NamedValue,
  pipelineDefinition,
  type SampleFormat,
  type StreamPipelineRequestInit,
  type StreamPipelineResponse,
} from "../../api/mod.ts";
import { type Manifest, MAX_CHUNK_BYTES } from "../../pipeline/mod.ts";
import { Session } from "../client/mod.ts";
import type { ConnectionOptions } from "../client/options/mod.ts";
import { loadManifest, wireManifest } from "../client/pipelines/mod.ts";
import { usageError } from "../exit.ts";
import { warn, writeResult } from "../output.ts";
import { contentOf, jsonOf, textOf } from "./pipeline_values.ts";
import { printResult } from "./result.ts";

export interface StreamOptions extends ConnectionOptions {
  readonly rate: number;
  readonly channels: number;
  readonly format: "F32" | "I16" | "I32";
  /** Milliseconds. */
  readonly chunk: number;
}

/**
 * `call pipeline stream MANIFEST`: sends the samples of standard input in chunks as they arrive, and prints the outputs
 * as they come: a line each, or the bytes of an output that has bytes.
 */
export async function stream(file: string, options: StreamOptions): Promise<void> {
  const manifest = loadManifest(file);
  if (manifest.inputs.length !== 1) {
    throw usageError(
      `The pipeline has ${manifest.inputs.length} inputs: a stream of standard input needs one`,
      "Name one in inputs",
    );
  }
  const { rate, channels, format, chunk } = options;
  const frameBytes = channels * (format === "I16" ? 2 : 4);
  const chunkBytes = Math.max(1, Math.round(rate * chunk / 1_000)) * frameBytes;
  if (chunkBytes > MAX_CHUNK_BYTES) {
    throw usageError(
      `A chunk of ${chunk} ms has ${chunkBytes} bytes: at most ${MAX_CHUNK_BYTES} are allowed`,
      "Write a shorter --chunk",
    );
  }
  using session = await Session.open(options);
  const responses = session.call<StreamPipelineRequestInit, StreamPipelineResponse>(
    pipelineDefinition.StreamPipeline,
    requests(manifest, options, chunkBytes, frameBytes),
  );
  for await (const response of responses) {
    if (response.response === "chunk") {
      response.chunk.values.forEach((value) => print(value, options));
    } else if (options.output === "json") {
      writeResult(`${JSON.stringify({ metrics: response.metrics })}\n`);
    }
  }
}

function print(value: NamedValue, { output }: StreamOptions): void {
  if (output === "raw") {
    const content = contentOf(value);
    if (typeof content !== "string") writeResult(content);
  } else if (output === "json") writeResult(`${JSON.stringify(jsonOf(value))}\n`);
  else printResult({ text: () => [`${value.name}: ${textOf(value)}`], json: () => value });
}

async function* requests(
  manifest: Manifest,
  { rate, channels, format }: StreamOptions,
  chunkBytes: number,
  frameBytes: number,
): AsyncGenerator<StreamPipelineRequestInit> {
  yield { manifest: wireManifest(manifest) };
  const name = manifest.inputs[0]!;
  let isFirst = true;
  for await (const samples of chunks(Deno.stdin.readable, chunkBytes, frameBytes)) {
    if (isFirst && new TextDecoder("latin1").decode(samples.subarray(0, 4)) === "RIFF") {
      warn("standard input begins as a WAV file: its header is taken for samples");
    }
    isFirst = false;
    const audio = {
      samples,
      sampleRate: rate,
      channels,
      format: `SAMPLE_FORMAT_${format}` satisfies SampleFormat,
    };
    yield { chunk: { values: [{ name, audio }] } };
  }
}

/** Cuts bytes into chunks of a size. The last may be shorter, of whole frames. */
async function* chunks(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
  frame: number,
): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(size);
  let length = 0;
  for await (const part of bytes) {
    for (let at = 0; at < part.length;) {
      const taken = part.subarray(at, at + size - length);
      chunk.set(taken, length);
      at += taken.length;
      length += taken.length;
      if (length < size) break;
      yield chunk;
      chunk = new Uint8Array(size);
      length = 0;
    }
  }
  const whole = length - length % frame;
  if (whole > 0) yield chunk.subarray(0, whole);
}
