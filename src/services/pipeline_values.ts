/** Manifests and values of pipelines: from messages to `src/pipeline`, and back. @module */
import type {
  ExecutionMetricsInit,
  Manifest as WireManifest,
  NamedValue,
  NamedValueInit,
  SampleFormat,
} from "../api/mod.ts";
import { RpcError } from "../grpc/mod.ts";
import {
  type ExecutionMetrics,
  type FormatName,
  MAX_NODES,
  type Plan,
  type SentValue,
} from "../pipeline/mod.ts";
import type { SentValues } from "../pipeline/workers/mod.ts";

/** Characters of a node's parameters_json: many times as many as any type of nodes needs. */
const MAX_PARAMETERS = 4_096;

/** Converts a manifest to the form that JSON has. @throws {RpcError} INVALID_ARGUMENT */
export function manifestOf({ nodes, limits, ...manifest }: WireManifest): unknown {
  const given = Object.entries({
    time_ms: limits?.timeMs,
    memory_bytes: limits?.memoryBytes,
    buffer_bytes: limits?.bufferBytes,
  }).filter(([, value]) => value);
  return {
    ...manifest,
    limits: Object.fromEntries(given),
    nodes: nodes.map(({ id, type, parametersJson }, index) => ({
      id,
      type,
      // A manifest with more nodes is refused.
      parameters: index < MAX_NODES ? parametersOf(id, parametersJson) : {},
    })),
  };
}

function parametersOf(id: string, text: string) {
  if (text === "") return {};
  const refused = (reason: string, options = {}) => {
    const message = `The parameters_json of node ${id.slice(0, 64)} ${reason}`;
    return new RpcError("INVALID_ARGUMENT", message, options);
  };
  if (text.length > MAX_PARAMETERS) {
    throw refused(`has ${text.length} characters: at most ${MAX_PARAMETERS} are allowed`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused(`is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** The bytes of a sample in each format. */
const widths: Readonly<Record<FormatName, number>> = { F32: 4, I16: 2, I32: 4 };

/**
 * Converts inputs to values that can move to another thread.
 *
 * @param memory the memory of the request that moves, too: bytes in it are not copied
 * @throws {RpcError} INVALID_ARGUMENT
 */
export function valuesOf(
  inputs: readonly NamedValue[],
  memory: ArrayBuffer | undefined,
): Map<string, SentValue> {
  const values = new Map<string, SentValue>();
  for (const input of inputs) {
    const { name } = input;
    if (values.has(name)) throw refusedInput(name, "is given twice");
    values.set(name, valueOf(input, memory));
  }
  return values;
}

function refusedInput(name: string, reason: string): RpcError {
  return new RpcError("INVALID_ARGUMENT", `The input ${name.slice(0, 64)} ${reason}`);
}

function valueOf(input: NamedValue, memory: ArrayBuffer | undefined): SentValue {
  switch (input.value) {
    case "data":
      return { kind: "bytes", bytes: movable(input.data, memory) };
    case "json":
      return { kind: "json", text: input.json };
    case "audio": {
      const { samples, sampleRate, channels } = input.audio;
      const format = formatOf(input.name, input.audio.format);
      if (samples.length % widths[format] !== 0) {
        throw refusedInput(
          input.name,
          `has ${samples.length} bytes, which are no whole number of samples of ${
            widths[format]
          } bytes`,
        );
      }
      return { kind: "audio", bytes: movable(samples, memory), format, sampleRate, channels };
    }
    default:
      throw refusedInput(input.name, "has no value");
  }
}

const PREFIX = "SAMPLE_FORMAT_";

function formatOf(input: string, format: SampleFormat | number): FormatName {
  const name = `${format}`.slice(PREFIX.length);
  if (Object.hasOwn(widths, name)) return name as FormatName;
  const names = Object.keys(widths).map((name) => PREFIX + name).join(", ");
  throw refusedInput(input, `has the unknown format ${format}: there are ${names}`);
}

/** Returns bytes whose buffer can move to another thread: views of the memory that moves, or all of their own memory. */
function movable(bytes: Uint8Array, memory: ArrayBuffer | undefined): Uint8Array {
  const { buffer, length } = bytes;
  const moves = buffer === memory || length === buffer.byteLength;
  // All empty fields share a buffer.
  return moves && length > 0 ? bytes : new Uint8Array(bytes);
}

/** Converts the outputs of a plan, in the order of the manifest. */
export function wireValues(plan: Plan, outputs: SentValues): NamedValueInit[] {
  return plan.outputs.flatMap((name) => {
    const value = outputs.get(name);
    return value === undefined ? [] : [wireValue(name, value)];
  });
}

function wireValue(name: string, value: SentValue): NamedValueInit {
  switch (value.kind) {
    case "bytes":
      return { name, data: value.bytes };
    case "json":
      return { name, json: value.text };
    case "audio": {
      const { bytes: samples, format, sampleRate, channels } = value;
      return { name, audio: { samples, sampleRate, channels, format: `${PREFIX}${format}` } };
    }
  }
}

/** Converts the figures of an execution. */
export function wireMetrics(metrics: ExecutionMetrics): ExecutionMetricsInit {
  return {
    wallUs: microseconds(metrics.wallMs),
    cpuUs: microseconds(metrics.cpuMs),
    memoryEstimateBytes: metrics.memoryEstimateBytes,
    audioBytes: metrics.audioBytes,
    nodes: metrics.nodes.map(({ id, type, ms }) => ({ id, type, us: microseconds(ms) })),
  };
}

function microseconds(ms: number): number {
  return Math.round(ms * 1_000);
}
