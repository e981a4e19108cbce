/** PipelineService: executes pipelines among the signatures of the thread. @module */
import {
  type ExecutePipelineRequest,
  type ExecutePipelineResponseInit,
  type GetVersionResponseInit,
  type Manifest as WireManifest,
  type NamedValue,
  type NamedValueInit,
  pipelineDefinition,
  type SampleFormat,
} from "../api/mod.ts";
import {
  type CallContext,
  implement,
  RpcError,
  type Service,
  type StatusName,
  unary,
} from "../grpc/mod.ts";
import {
  type AudioBuffer,
  createRegistry,
  execute,
  expectedValues,
  MANIFEST_VERSION,
  PipelineError,
  planOf,
  readManifest,
  type Registry,
  type Signer,
  type Value,
} from "../pipeline/mod.ts";
import { fromCryptoError } from "./crypto_status.ts";

/** Executions of a thread at once. Each may hold 100 MB, and together they wait for one processor. */
const MAX_EXECUTIONS = 8;

/** The cost class of parts of an execution, each of which takes about 1 ms. */
const COST_CLASS = "pipeline";

/**
 * Creates PipelineService. The parts of an execution take turns with the work of other calls.
 *
 * @param version of the server
 * @param signerOf makes the signer of a call
 */
export function pipelineService(
  version: string,
  signerOf: (context: CallContext) => Signer,
): Service {
  const registry = createRegistry();
  let executions = 0;
  return implement(pipelineDefinition, {
    ExecutePipeline: unary(async (request, context) => {
      if (executions >= MAX_EXECUTIONS) {
        throw new RpcError(
          "RESOURCE_EXHAUSTED",
          `${MAX_EXECUTIONS} pipelines are running: try again in 1 s`,
        );
      }
      executions++;
      try {
        return await executeRequest(request, context, registry, signerOf(context));
      } catch (error) {
        throw statusOf(error);
      } finally {
        executions--;
      }
    }),
    GetVersion: unary(() => describe(version, registry)),
  });
}

async function executeRequest(
  request: ExecutePipelineRequest,
  context: CallContext,
  registry: Registry,
  signer: Signer,
): Promise<ExecutePipelineResponseInit> {
  if (!request.manifest) {
    throw new RpcError("INVALID_ARGUMENT", "The request has no manifest");
  }
  const plan = planOf(readManifest(manifestOf(request.manifest)), registry);
  const inputs = new Map(request.inputs.map((input) => [input.name, valueOf(input)]));
  const { outputs, metrics } = await execute(plan, inputs, {
    signal: context.signal,
    signer,
    inTurn: async (run) => {
      const [settled] = await context.runInTurn([{ costClass: COST_CLASS, run }]);
      if (settled!.status === "rejected") throw settled!.reason;
      return settled!.value;
    },
  });
  return {
    outputs: plan.outputs.map((name) => wireValue(name, outputs.get(name)!)),
    metrics: {
      wallUs: microseconds(metrics.wallMs),
      memoryEstimateBytes: metrics.memoryEstimateBytes,
      nodes: metrics.nodes.map(({ id, type, ms }) => ({ id, type, us: microseconds(ms) })),
    },
  };
}

function microseconds(ms: number): number {
  return Math.round(ms * 1_000);
}

/** Converts a manifest to the form that JSON has. */
function manifestOf({ nodes, limits, ...manifest }: WireManifest): unknown {
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

function valueOf(input: NamedValue): Value {
  switch (input.value) {
    case "data":
      return { kind: "bytes", bytes: input.data };
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

/** Views bytes as samples. Copies them only where they are not aligned. */
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
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / width);
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

/** Statuses of the errors that a caller causes. A node that fails otherwise is INTERNAL, and logged. */
const statuses: Partial<Record<PipelineError["code"], StatusName>> = {
  BAD_MANIFEST: "INVALID_ARGUMENT",
  BAD_INPUT: "INVALID_ARGUMENT",
  LIMIT: "RESOURCE_EXHAUSTED",
  TIMED_OUT: "DEADLINE_EXCEEDED",
  CANCELLED: "CANCELLED",
};

/** Converts an error that a caller causes into an RpcError. Errors of signatures keep their status. */
function statusOf(error: unknown): unknown {
  if (!(error instanceof PipelineError)) return error;
  const { code, message, cause } = error;
  const signing = fromCryptoError(cause);
  if (signing instanceof RpcError) {
    return new RpcError(signing.code, message, { cause: error, metadata: signing.metadata });
  }
  const status = statuses[code];
  return status ? new RpcError(status, message, { cause: error }) : error;
}

function describe(version: string, registry: Registry): GetVersionResponseInit {
  return {
    version,
    manifestVersions: [MANIFEST_VERSION],
    nodeTypes: [...registry.values()].map(({ type, description, parameters }) => ({
      type,
      description,
      parameters: Object.entries(parameters).map(([name, schema]) => ({
        name,
        description: schema.description,
        values: expectedValues(schema) + (schema.optional ? "; optional" : ""),
        defaultJson: "default" in schema ? JSON.stringify(schema.default) : "",
      })),
    })),
  };
}
