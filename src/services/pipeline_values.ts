/** Manifests and values of pipelines: from messages to `src/pipeline`, and back. @module */
import type {
  ExecutionMetricsInit,
  Manifest as WireManifest,
  NamedValue,
  NamedValueInit,
  SampleFormat,
} from "../api/mod.ts";
import { RpcError } from "../grpc/mod.ts";
import type { AudioBuffer, ExecutionMetrics, Outputs, Plan, Value } from "../pipeline/mod.ts";

/** Converts a manifest to the form that JSON has. */
export function manifestOf({ nodes, limits, ...manifest }: WireManifest): unknown {
  const given = Object.entries({
    time_ms: limits?.timeMs,
    memory_bytes: limits?.memoryBytes,
    buffer_bytes: limits?.bufferBytes,
  }).filter(([, value]) => value);
  return {
    ...manifest,
    limits: Object.fromEntries(given),
    nodes: nodes.map(({ id, type, parametersJson }) => ({
      id,
      type,
      parameters: parametersJson === ""
        ? {}
        : parseJson(parametersJson, "A node's parameters_json"),
    })),
  };
}

function parseJson(text: string, what: string) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RpcError("INVALID_ARGUMENT", `${what} is not JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const arrays = {
  SAMPLE_FORMAT_F32: Float32Array,
  SAMPLE_FORMAT_I16: Int16Array,
  SAMPLE_FORMAT_I32: Int32Array,
} as const;

/** Converts inputs. Each has memory of its own, so that it can move to another thread. */
export function valuesOf(inputs: readonly NamedValue[]): Map<string, Value> {
  return new Map(inputs.map((input) => [input.name, valueOf(input)]));
}

function valueOf(input: NamedValue): Value {
  switch (input.value) {
    case "data":
      return { kind: "bytes", bytes: new Uint8Array(input.data) };
    case "json":
      return { kind: "json", json: parseJson(input.json, "An input") };
    case "audio": {
      const { samples, sampleRate, channels, format } = input.audio;
      return {
        kind: "audio",
        audio: { samples: samplesOf(samples, format), sampleRate, channels },
      };
    }
    default:
      throw new RpcError("INVALID_ARGUMENT", `The input ${input.name.slice(0, 64)} has no value`);
  }
}

function samplesOf(bytes: Uint8Array, format: SampleFormat | number): AudioBuffer["samples"] {
  const array = Object.hasOwn(arrays, format) ? arrays[format as keyof typeof arrays] : undefined;
  if (array === undefined) throw new RpcError("INVALID_ARGUMENT", `No sample format is ${format}`);
  const width = array.BYTES_PER_ELEMENT;
  if (bytes.length % width !== 0) {
    throw new RpcError(
      "INVALID_ARGUMENT",
      `${bytes.length} bytes are no whole number of samples of ${width} bytes`,
    );
  }
  return new array(new Uint8Array(bytes).buffer);
}

/** Converts the outputs of a plan, in the order of the manifest. */
export function wireValues(plan: Plan, outputs: Outputs): NamedValueInit[] {
  return plan.outputs.flatMap((name) => {
    const value = outputs.get(name);
    return value === undefined ? [] : [wireValue(name, value)];
  });
}

function wireValue(name: string, value: Value): NamedValueInit {
  switch (value.kind) {
    case "bytes":
      return { name, data: value.bytes };
    case "json":
      return { name, json: JSON.stringify(value.json) };
    case "audio": {
      const { samples, sampleRate, channels } = value.audio;
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      const format = samples instanceof Float32Array
        ? "SAMPLE_FORMAT_F32"
        : samples instanceof Int16Array
        ? "SAMPLE_FORMAT_I16"
        : "SAMPLE_FORMAT_I32";
      return { name, audio: { samples: bytes, sampleRate, channels, format } };
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
