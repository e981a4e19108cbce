/** Generated from proto/signer/pipeline/v1/pipeline.proto by `deno task proto`. @module */
import {
  type Codec,
  codec,
  EMPTY_BYTES,
  EnumNames,
  type WireReader,
  type WireWriter,
} from "../../../../../protobuf/mod.ts";
import { method } from "../../../../../grpc/mod.ts";

/** The format of interleaved little-endian samples. */
export type SampleFormat =
  | "SAMPLE_FORMAT_UNSPECIFIED"
  | "SAMPLE_FORMAT_F32"
  | "SAMPLE_FORMAT_I16"
  | "SAMPLE_FORMAT_I32";

/** The names and numbers of `signer.pipeline.v1.SampleFormat`. */
export const sampleFormatNames = new EnumNames<SampleFormat>("signer.pipeline.v1.SampleFormat", {
  SAMPLE_FORMAT_UNSPECIFIED: 0,
  /** Floating point of 32 bits, from -1 to 1. */
  SAMPLE_FORMAT_F32: 1,
  SAMPLE_FORMAT_I16: 2,
  SAMPLE_FORMAT_I32: 3,
});

/** A `signer.pipeline.v1.Manifest` to write: fields may be left out. */
export interface ManifestInit {
  /** The version of manifests: 1. */
  readonly version?: number | undefined;
  readonly name?: string | undefined;
  readonly nodes?: readonly NodeInit[] | undefined;
  readonly connections?: readonly ConnectionInit[] | undefined;
  /** Inputs that the request has values for, written as in connections. */
  readonly inputs?: readonly string[] | undefined;
  /** Ids of the nodes whose outputs are returned. */
  readonly outputs?: readonly string[] | undefined;
  readonly limits?: ExecutionLimitsInit | null | undefined;
}

/** A directed acyclic graph of at most 20 nodes. */
export interface Manifest {
  /** The version of manifests: 1. */
  version: number;
  name: string;
  nodes: Node[];
  connections: Connection[];
  /** Inputs that the request has values for, written as in connections. */
  inputs: string[];
  /** Ids of the nodes whose outputs are returned. */
  outputs: string[];
  limits: ExecutionLimits | null;
}

/** Writes the fields of a `signer.pipeline.v1.Manifest` that do not have their default value. */
function writeManifest(
  message: ManifestInit,
  writer: WireWriter,
): void {
  if (message.version !== undefined && message.version !== null && message.version !== 0) {
    writer.int32(8, message.version);
  }
  if (message.name !== undefined && message.name !== null && message.name !== "") {
    writer.string(18, message.name);
  }
  for (const each of writer.list(26, message.nodes)) {
    writer.message(26, each, nodeCodec);
  }
  for (const each of writer.list(34, message.connections)) {
    writer.message(34, each, connectionCodec);
  }
  for (const each of writer.list(42, message.inputs)) writer.string(42, each);
  for (const each of writer.list(50, message.outputs)) writer.string(50, each);
  if (message.limits !== undefined && message.limits !== null) {
    writer.message(58, message.limits, executionLimitsCodec);
  }
}

/** Reads the fields of a `signer.pipeline.v1.Manifest`. */
function readManifest(
  reader: WireReader,
  message: Manifest = {
    version: 0,
    name: "",
    nodes: [],
    connections: [],
    inputs: [],
    outputs: [],
    limits: null,
  },
): Manifest {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // version = 1
        message.version = reader.int32();
        break;
      case 18: // name = 2
        message.name = reader.string();
        break;
      case 26: // nodes = 3
        message.nodes.push(reader.message(nodeCodec.read));
        break;
      case 34: // connections = 4
        message.connections.push(reader.message(connectionCodec.read));
        break;
      case 42: // inputs = 5
        message.inputs.push(reader.string());
        break;
      case 50: // outputs = 6
        message.outputs.push(reader.string());
        break;
      case 58: // limits = 7
        message.limits = reader.message(executionLimitsCodec.read, message.limits);
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const manifestCodec: Codec<ManifestInit, Manifest> = codec(
  "signer.pipeline.v1.Manifest",
  { 1: "version", 2: "name", 3: "nodes", 4: "connections", 5: "inputs", 6: "outputs", 7: "limits" },
  writeManifest,
  readManifest,
);

/** A `signer.pipeline.v1.Node` to write: fields may be left out. */
export interface NodeInit {
  /** A letter, and at most 63 more of A-Z a-z 0-9 _ -. */
  readonly id?: string | undefined;
  /** The name of a type that GetVersion lists. */
  readonly type?: string | undefined;
  /** The parameters as a JSON object; empty for none. */
  readonly parametersJson?: string | undefined;
}

/** A `signer.pipeline.v1.Node` that was read. */
export interface Node {
  /** A letter, and at most 63 more of A-Z a-z 0-9 _ -. */
  id: string;
  /** The name of a type that GetVersion lists. */
  type: string;
  /** The parameters as a JSON object; empty for none. */
  parametersJson: string;
}

/** Writes the fields of a `signer.pipeline.v1.Node` that do not have their default value. */
function writeNode(
  message: NodeInit,
  writer: WireWriter,
): void {
  if (message.id !== undefined && message.id !== null && message.id !== "") {
    writer.string(10, message.id);
  }
  if (message.type !== undefined && message.type !== null && message.type !== "") {
    writer.string(18, message.type);
  }
  if (
    message.parametersJson !== undefined && message.parametersJson !== null &&
    message.parametersJson !== ""
  ) writer.string(26, message.parametersJson);
}

/** Reads the fields of a `signer.pipeline.v1.Node`. */
function readNode(
  reader: WireReader,
  message: Node = { id: "", type: "", parametersJson: "" },
): Node {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // id = 1
        message.id = reader.string();
        break;
      case 18: // type = 2
        message.type = reader.string();
        break;
      case 26: // parametersJson = 3
        message.parametersJson = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const nodeCodec: Codec<NodeInit, Node> = codec(
  "signer.pipeline.v1.Node",
  { 1: "id", 2: "type", 3: "parametersJson" },
  writeNode,
  readNode,
);

/** A `signer.pipeline.v1.Connection` to write: fields may be left out. */
export interface ConnectionInit {
  /** The id of a node. */
  readonly from?: string | undefined;
  /** ID, or ID.INPUT for an input with another name than `in`. */
  readonly to?: string | undefined;
}

/** A `signer.pipeline.v1.Connection` that was read. */
export interface Connection {
  /** The id of a node. */
  from: string;
  /** ID, or ID.INPUT for an input with another name than `in`. */
  to: string;
}

/** Writes the fields of a `signer.pipeline.v1.Connection` that do not have their default value. */
function writeConnection(
  message: ConnectionInit,
  writer: WireWriter,
): void {
  if (message.from !== undefined && message.from !== null && message.from !== "") {
    writer.string(10, message.from);
  }
  if (message.to !== undefined && message.to !== null && message.to !== "") {
    writer.string(18, message.to);
  }
}

/** Reads the fields of a `signer.pipeline.v1.Connection`. */
function readConnection(
  reader: WireReader,
  message: Connection = { from: "", to: "" },
): Connection {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // from = 1
        message.from = reader.string();
        break;
      case 18: // to = 2
        message.to = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const connectionCodec: Codec<ConnectionInit, Connection> = codec(
  "signer.pipeline.v1.Connection",
  { 1: "from", 2: "to" },
  writeConnection,
  readConnection,
);

/** A `signer.pipeline.v1.ExecutionLimits` to write: fields may be left out. */
export interface ExecutionLimitsInit {
  /** 10 s by default, at most 30 s. */
  readonly timeMs?: number | undefined;
  /** 100 MB by default, at most 400 MB. */
  readonly memoryBytes?: number | undefined;
  /** 50 MB by default and at most. */
  readonly bufferBytes?: number | undefined;
}

/** Limits of the execution. The server's defaults hold for limits that are not given or 0. */
export interface ExecutionLimits {
  /** 10 s by default, at most 30 s. */
  timeMs: number;
  /** 100 MB by default, at most 400 MB. */
  memoryBytes: number;
  /** 50 MB by default and at most. */
  bufferBytes: number;
}

/** Writes the fields of a `signer.pipeline.v1.ExecutionLimits` that do not have their default value. */
function writeExecutionLimits(
  message: ExecutionLimitsInit,
  writer: WireWriter,
): void {
  if (message.timeMs !== undefined && message.timeMs !== null && message.timeMs !== 0) {
    writer.int32(8, message.timeMs);
  }
  if (
    message.memoryBytes !== undefined && message.memoryBytes !== null && message.memoryBytes !== 0
  ) writer.int32(16, message.memoryBytes);
  if (
    message.bufferBytes !== undefined && message.bufferBytes !== null && message.bufferBytes !== 0
  ) writer.int32(24, message.bufferBytes);
}

/** Reads the fields of a `signer.pipeline.v1.ExecutionLimits`. */
function readExecutionLimits(
  reader: WireReader,
  message: ExecutionLimits = { timeMs: 0, memoryBytes: 0, bufferBytes: 0 },
): ExecutionLimits {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // timeMs = 1
        message.timeMs = reader.int32();
        break;
      case 16: // memoryBytes = 2
        message.memoryBytes = reader.int32();
        break;
      case 24: // bufferBytes = 3
        message.bufferBytes = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const executionLimitsCodec: Codec<ExecutionLimitsInit, ExecutionLimits> = codec(
  "signer.pipeline.v1.ExecutionLimits",
  { 1: "timeMs", 2: "memoryBytes", 3: "bufferBytes" },
  writeExecutionLimits,
  readExecutionLimits,
);

/** A `signer.pipeline.v1.AudioBuffer` to write: fields may be left out. */
export interface AudioBufferInit {
  readonly samples?: Uint8Array | undefined;
  /** In hertz. */
  readonly sampleRate?: number | undefined;
  readonly channels?: number | undefined;
  readonly format?: SampleFormat | number | undefined;
}

/** A `signer.pipeline.v1.AudioBuffer` that was read. */
export interface AudioBuffer {
  samples: Buffer;
  /** In hertz. */
  sampleRate: number;
  channels: number;
  format: SampleFormat | number;
}

/** Writes the fields of a `signer.pipeline.v1.AudioBuffer` that do not have their default value. */
function writeAudioBuffer(
  message: AudioBufferInit,
  writer: WireWriter,
): void {
  if (message.samples !== undefined && message.samples !== null && message.samples.length !== 0) {
    writer.bytes(10, message.samples);
  }
  if (message.sampleRate !== undefined && message.sampleRate !== null && message.sampleRate !== 0) {
    writer.int32(16, message.sampleRate);
  }
  if (message.channels !== undefined && message.channels !== null && message.channels !== 0) {
    writer.int32(24, message.channels);
  }
  const format = writer.number(32, message.format ?? 0, sampleFormatNames);
  if (format !== 0) writer.int32(32, format);
}

/** Reads the fields of a `signer.pipeline.v1.AudioBuffer`. */
function readAudioBuffer(
  reader: WireReader,
  message: AudioBuffer = {
    samples: EMPTY_BYTES,
    sampleRate: 0,
    channels: 0,
    format: "SAMPLE_FORMAT_UNSPECIFIED",
  },
): AudioBuffer {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // samples = 1
        message.samples = reader.bytes();
        break;
      case 16: // sampleRate = 2
        message.sampleRate = reader.int32();
        break;
      case 24: // channels = 3
        message.channels = reader.int32();
        break;
      case 32: // format = 4
        message.format = sampleFormatNames.name(reader.int32());
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const audioBufferCodec: Codec<AudioBufferInit, AudioBuffer> = codec(
  "signer.pipeline.v1.AudioBuffer",
  { 1: "samples", 2: "sampleRate", 3: "channels", 4: "format" },
  writeAudioBuffer,
  readAudioBuffer,
);

/** A `signer.pipeline.v1.NamedValue` to write: fields may be left out. */
export type NamedValueInit =
  & {
    /** The input as the manifest has it, or the node of the output. */
    readonly name?: string | undefined;
  }
  & ({
    readonly audio: AudioBufferInit;
    readonly data?: undefined;
    readonly json?: undefined;
  } | {
    readonly audio?: undefined;
    readonly data: Uint8Array;
    readonly json?: undefined;
  } | {
    readonly audio?: undefined;
    readonly data?: undefined;
    readonly json: string;
  } | {
    readonly audio?: undefined;
    readonly data?: undefined;
    readonly json?: undefined;
  });

/** The value of an input or an output. */
export type NamedValue =
  & {
    /** The input as the manifest has it, or the node of the output. */
    name: string;
  }
  & (
    | { value: "audio"; audio: AudioBuffer; data?: undefined; json?: undefined }
    | { value: "data"; audio?: undefined; data: Buffer; json?: undefined }
    | { value: "json"; audio?: undefined; data?: undefined; json: string }
    | { value?: undefined; audio?: undefined; data?: undefined; json?: undefined }
  );

/** Writes the fields of a `signer.pipeline.v1.NamedValue` that do not have their default value. */
function writeNamedValue(
  message: NamedValueInit,
  writer: WireWriter,
): void {
  if (message.name !== undefined && message.name !== null && message.name !== "") {
    writer.string(10, message.name);
  }
  if (message.audio !== undefined && message.audio !== null) {
    writer.message(18, message.audio, audioBufferCodec);
  }
  if (message.data !== undefined && message.data !== null) writer.bytes(26, message.data);
  if (message.json !== undefined && message.json !== null) writer.string(34, message.json);
}

interface NamedValueDraft {
  name: string;
  audio?: AudioBuffer | undefined;
  data?: Buffer | undefined;
  json?: string | undefined;
  value?: "audio" | "data" | "json" | undefined;
}

/** Reads the fields of a `signer.pipeline.v1.NamedValue`. */
function readNamedValue(
  reader: WireReader,
  into: NamedValue = { name: "" },
): NamedValue {
  const message: NamedValueDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // name = 1
        message.name = reader.string();
        break;
      case 18: // audio = 2
        if (message.value !== undefined && message.value !== "audio") delete message[message.value];
        message.audio = reader.message(audioBufferCodec.read, message.audio);
        message.value = "audio";
        break;
      case 26: // data = 3
        if (message.value !== undefined && message.value !== "data") delete message[message.value];
        message.data = reader.bytes();
        message.value = "data";
        break;
      case 34: // json = 4
        if (message.value !== undefined && message.value !== "json") delete message[message.value];
        message.json = reader.string();
        message.value = "json";
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const namedValueCodec: Codec<NamedValueInit, NamedValue> = codec(
  "signer.pipeline.v1.NamedValue",
  { 1: "name", 2: "audio", 3: "data", 4: "json" },
  writeNamedValue,
  readNamedValue,
);

/** A `signer.pipeline.v1.ExecutePipelineRequest` to write: fields may be left out. */
export interface ExecutePipelineRequestInit {
  readonly manifest?: ManifestInit | null | undefined;
  readonly inputs?: readonly NamedValueInit[] | undefined;
}

/** A `signer.pipeline.v1.ExecutePipelineRequest` that was read. */
export interface ExecutePipelineRequest {
  manifest: Manifest | null;
  inputs: NamedValue[];
}

/** Writes the fields of a `signer.pipeline.v1.ExecutePipelineRequest` that do not have their default value. */
function writeExecutePipelineRequest(
  message: ExecutePipelineRequestInit,
  writer: WireWriter,
): void {
  if (message.manifest !== undefined && message.manifest !== null) {
    writer.message(10, message.manifest, manifestCodec);
  }
  for (const each of writer.list(18, message.inputs)) {
    writer.message(18, each, namedValueCodec);
  }
}

/** Reads the fields of a `signer.pipeline.v1.ExecutePipelineRequest`. */
function readExecutePipelineRequest(
  reader: WireReader,
  message: ExecutePipelineRequest = { manifest: null, inputs: [] },
): ExecutePipelineRequest {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // manifest = 1
        message.manifest = reader.message(manifestCodec.read, message.manifest);
        break;
      case 18: // inputs = 2
        message.inputs.push(reader.message(namedValueCodec.read));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const executePipelineRequestCodec: Codec<
  ExecutePipelineRequestInit,
  ExecutePipelineRequest
> = codec(
  "signer.pipeline.v1.ExecutePipelineRequest",
  { 1: "manifest", 2: "inputs" },
  writeExecutePipelineRequest,
  readExecutePipelineRequest,
);

/** A `signer.pipeline.v1.ExecutePipelineResponse` to write: fields may be left out. */
export interface ExecutePipelineResponseInit {
  /** In the order of the manifest. */
  readonly outputs?: readonly NamedValueInit[] | undefined;
  readonly metrics?: ExecutionMetricsInit | null | undefined;
}

/** A `signer.pipeline.v1.ExecutePipelineResponse` that was read. */
export interface ExecutePipelineResponse {
  /** In the order of the manifest. */
  outputs: NamedValue[];
  metrics: ExecutionMetrics | null;
}

/** Writes the fields of a `signer.pipeline.v1.ExecutePipelineResponse` that do not have their default value. */
function writeExecutePipelineResponse(
  message: ExecutePipelineResponseInit,
  writer: WireWriter,
): void {
  for (const each of writer.list(10, message.outputs)) {
    writer.message(10, each, namedValueCodec);
  }
  if (message.metrics !== undefined && message.metrics !== null) {
    writer.message(18, message.metrics, executionMetricsCodec);
  }
}

/** Reads the fields of a `signer.pipeline.v1.ExecutePipelineResponse`. */
function readExecutePipelineResponse(
  reader: WireReader,
  message: ExecutePipelineResponse = { outputs: [], metrics: null },
): ExecutePipelineResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // outputs = 1
        message.outputs.push(reader.message(namedValueCodec.read));
        break;
      case 18: // metrics = 2
        message.metrics = reader.message(executionMetricsCodec.read, message.metrics);
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const executePipelineResponseCodec: Codec<
  ExecutePipelineResponseInit,
  ExecutePipelineResponse
> = codec(
  "signer.pipeline.v1.ExecutePipelineResponse",
  { 1: "outputs", 2: "metrics" },
  writeExecutePipelineResponse,
  readExecutePipelineResponse,
);

/** A `signer.pipeline.v1.StreamPipelineRequest` to write: fields may be left out. */
export type StreamPipelineRequestInit = {
  readonly manifest: ManifestInit;
  readonly chunk?: undefined;
} | {
  readonly manifest?: undefined;
  readonly chunk: ChunkInit;
} | {
  readonly manifest?: undefined;
  readonly chunk?: undefined;
};

/** A `signer.pipeline.v1.StreamPipelineRequest` that was read. */
export type StreamPipelineRequest =
  | { request: "manifest"; manifest: Manifest; chunk?: undefined }
  | { request: "chunk"; manifest?: undefined; chunk: Chunk }
  | { request?: undefined; manifest?: undefined; chunk?: undefined };

/** Writes the fields of a `signer.pipeline.v1.StreamPipelineRequest` that do not have their default value. */
function writeStreamPipelineRequest(
  message: StreamPipelineRequestInit,
  writer: WireWriter,
): void {
  if (message.manifest !== undefined && message.manifest !== null) {
    writer.message(10, message.manifest, manifestCodec);
  }
  if (message.chunk !== undefined && message.chunk !== null) {
    writer.message(18, message.chunk, chunkCodec);
  }
}

interface StreamPipelineRequestDraft {
  manifest?: Manifest | undefined;
  chunk?: Chunk | undefined;
  request?: "manifest" | "chunk" | undefined;
}

/** Reads the fields of a `signer.pipeline.v1.StreamPipelineRequest`. */
function readStreamPipelineRequest(
  reader: WireReader,
  into: StreamPipelineRequest = {},
): StreamPipelineRequest {
  const message: StreamPipelineRequestDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // manifest = 1
        if (message.request !== undefined && message.request !== "manifest") {
          delete message[message.request];
        }
        message.manifest = reader.message(manifestCodec.read, message.manifest);
        message.request = "manifest";
        break;
      case 18: // chunk = 2
        if (message.request !== undefined && message.request !== "chunk") {
          delete message[message.request];
        }
        message.chunk = reader.message(chunkCodec.read, message.chunk);
        message.request = "chunk";
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const streamPipelineRequestCodec: Codec<StreamPipelineRequestInit, StreamPipelineRequest> =
  codec(
    "signer.pipeline.v1.StreamPipelineRequest",
    { 1: "manifest", 2: "chunk" },
    writeStreamPipelineRequest,
    readStreamPipelineRequest,
  );

/** A `signer.pipeline.v1.StreamPipelineResponse` to write: fields may be left out. */
export type StreamPipelineResponseInit = {
  readonly chunk: ChunkInit;
  readonly metrics?: undefined;
} | {
  readonly chunk?: undefined;
  readonly metrics: ExecutionMetricsInit;
} | {
  readonly chunk?: undefined;
  readonly metrics?: undefined;
};

/** A `signer.pipeline.v1.StreamPipelineResponse` that was read. */
export type StreamPipelineResponse = { response: "chunk"; chunk: Chunk; metrics?: undefined } | {
  response: "metrics";
  chunk?: undefined;
  metrics: ExecutionMetrics;
} | { response?: undefined; chunk?: undefined; metrics?: undefined };

/** Writes the fields of a `signer.pipeline.v1.StreamPipelineResponse` that do not have their default value. */
function writeStreamPipelineResponse(
  message: StreamPipelineResponseInit,
  writer: WireWriter,
): void {
  if (message.chunk !== undefined && message.chunk !== null) {
    writer.message(10, message.chunk, chunkCodec);
  }
  if (message.metrics !== undefined && message.metrics !== null) {
    writer.message(18, message.metrics, executionMetricsCodec);
  }
}

interface StreamPipelineResponseDraft {
  chunk?: Chunk | undefined;
  metrics?: ExecutionMetrics | undefined;
  response?: "chunk" | "metrics" | undefined;
}

/** Reads the fields of a `signer.pipeline.v1.StreamPipelineResponse`. */
function readStreamPipelineResponse(
  reader: WireReader,
  into: StreamPipelineResponse = {},
): StreamPipelineResponse {
  const message: StreamPipelineResponseDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // chunk = 1
        if (message.response !== undefined && message.response !== "chunk") {
          delete message[message.response];
        }
        message.chunk = reader.message(chunkCodec.read, message.chunk);
        message.response = "chunk";
        break;
      case 18: // metrics = 2
        if (message.response !== undefined && message.response !== "metrics") {
          delete message[message.response];
        }
        message.metrics = reader.message(executionMetricsCodec.read, message.metrics);
        message.response = "metrics";
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const streamPipelineResponseCodec: Codec<
  StreamPipelineResponseInit,
  StreamPipelineResponse
> = codec(
  "signer.pipeline.v1.StreamPipelineResponse",
  { 1: "chunk", 2: "metrics" },
  writeStreamPipelineResponse,
  readStreamPipelineResponse,
);

/** A `signer.pipeline.v1.Chunk` to write: fields may be left out. */
export interface ChunkInit {
  readonly values?: readonly NamedValueInit[] | undefined;
}

/** A part of the inputs or the outputs of a stream. */
export interface Chunk {
  values: NamedValue[];
}

/** Writes the fields of a `signer.pipeline.v1.Chunk` that do not have their default value. */
function writeChunk(
  message: ChunkInit,
  writer: WireWriter,
): void {
  for (const each of writer.list(10, message.values)) {
    writer.message(10, each, namedValueCodec);
  }
}

/** Reads the fields of a `signer.pipeline.v1.Chunk`. */
function readChunk(
  reader: WireReader,
  message: Chunk = { values: [] },
): Chunk {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // values = 1
        message.values.push(reader.message(namedValueCodec.read));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const chunkCodec: Codec<ChunkInit, Chunk> = codec(
  "signer.pipeline.v1.Chunk",
  { 1: "values" },
  writeChunk,
  readChunk,
);

/** A `signer.pipeline.v1.ExecutionMetrics` to write: fields may be left out. */
export interface ExecutionMetricsInit {
  /**
   * Time of the execution in microseconds, with its waits for other executions; of a stream, the sum
   * of its chunks.
   */
  readonly wallUs?: number | undefined;
  /** The bytes of the inputs, times the nodes, times 3. */
  readonly memoryEstimateBytes?: number | undefined;
  /** In the order of execution. */
  readonly nodes?: readonly NodeMetricsInit[] | undefined;
  /** CPU time in microseconds. */
  readonly cpuUs?: number | undefined;
  /** Bytes of samples, in inputs and as decoded from WAV files. */
  readonly audioBytes?: number | undefined;
}

/** A `signer.pipeline.v1.ExecutionMetrics` that was read. */
export interface ExecutionMetrics {
  /**
   * Time of the execution in microseconds, with its waits for other executions; of a stream, the sum
   * of its chunks.
   */
  wallUs: number;
  /** The bytes of the inputs, times the nodes, times 3. */
  memoryEstimateBytes: number;
  /** In the order of execution. */
  nodes: NodeMetrics[];
  /** CPU time in microseconds. */
  cpuUs: number;
  /** Bytes of samples, in inputs and as decoded from WAV files. */
  audioBytes: number;
}

/** Writes the fields of a `signer.pipeline.v1.ExecutionMetrics` that do not have their default value. */
function writeExecutionMetrics(
  message: ExecutionMetricsInit,
  writer: WireWriter,
): void {
  if (message.wallUs !== undefined && message.wallUs !== null && message.wallUs !== 0) {
    writer.int64(8, message.wallUs);
  }
  if (
    message.memoryEstimateBytes !== undefined && message.memoryEstimateBytes !== null &&
    message.memoryEstimateBytes !== 0
  ) writer.int64(16, message.memoryEstimateBytes);
  for (const each of writer.list(26, message.nodes)) {
    writer.message(26, each, nodeMetricsCodec);
  }
  if (message.cpuUs !== undefined && message.cpuUs !== null && message.cpuUs !== 0) {
    writer.int64(32, message.cpuUs);
  }
  if (message.audioBytes !== undefined && message.audioBytes !== null && message.audioBytes !== 0) {
    writer.int64(40, message.audioBytes);
  }
}

/** Reads the fields of a `signer.pipeline.v1.ExecutionMetrics`. */
function readExecutionMetrics(
  reader: WireReader,
  message: ExecutionMetrics = {
    wallUs: 0,
    memoryEstimateBytes: 0,
    nodes: [],
    cpuUs: 0,
    audioBytes: 0,
  },
): ExecutionMetrics {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // wallUs = 1
        message.wallUs = reader.int64();
        break;
      case 16: // memoryEstimateBytes = 2
        message.memoryEstimateBytes = reader.int64();
        break;
      case 26: // nodes = 3
        message.nodes.push(reader.message(nodeMetricsCodec.read));
        break;
      case 32: // cpuUs = 4
        message.cpuUs = reader.int64();
        break;
      case 40: // audioBytes = 5
        message.audioBytes = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const executionMetricsCodec: Codec<ExecutionMetricsInit, ExecutionMetrics> = codec(
  "signer.pipeline.v1.ExecutionMetrics",
  { 1: "wallUs", 2: "memoryEstimateBytes", 3: "nodes", 4: "cpuUs", 5: "audioBytes" },
  writeExecutionMetrics,
  readExecutionMetrics,
);

/** A `signer.pipeline.v1.NodeMetrics` to write: fields may be left out. */
export interface NodeMetricsInit {
  readonly id?: string | undefined;
  readonly type?: string | undefined;
  readonly us?: number | undefined;
}

/** A `signer.pipeline.v1.NodeMetrics` that was read. */
export interface NodeMetrics {
  id: string;
  type: string;
  us: number;
}

/** Writes the fields of a `signer.pipeline.v1.NodeMetrics` that do not have their default value. */
function writeNodeMetrics(
  message: NodeMetricsInit,
  writer: WireWriter,
): void {
  if (message.id !== undefined && message.id !== null && message.id !== "") {
    writer.string(10, message.id);
  }
  if (message.type !== undefined && message.type !== null && message.type !== "") {
    writer.string(18, message.type);
  }
  if (message.us !== undefined && message.us !== null && message.us !== 0) {
    writer.int64(24, message.us);
  }
}

/** Reads the fields of a `signer.pipeline.v1.NodeMetrics`. */
function readNodeMetrics(
  reader: WireReader,
  message: NodeMetrics = { id: "", type: "", us: 0 },
): NodeMetrics {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // id = 1
        message.id = reader.string();
        break;
      case 18: // type = 2
        message.type = reader.string();
        break;
      case 24: // us = 3
        message.us = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const nodeMetricsCodec: Codec<NodeMetricsInit, NodeMetrics> = codec(
  "signer.pipeline.v1.NodeMetrics",
  { 1: "id", 2: "type", 3: "us" },
  writeNodeMetrics,
  readNodeMetrics,
);

/** A `signer.pipeline.v1.GetVersionRequest` to write: fields may be left out. */
export interface GetVersionRequestInit {
  /** The version of the client's manifests; 0 for none. */
  readonly manifestVersion?: number | undefined;
}

/** A `signer.pipeline.v1.GetVersionRequest` that was read. */
export interface GetVersionRequest {
  /** The version of the client's manifests; 0 for none. */
  manifestVersion: number;
}

/** Writes the fields of a `signer.pipeline.v1.GetVersionRequest` that do not have their default value. */
function writeGetVersionRequest(
  message: GetVersionRequestInit,
  writer: WireWriter,
): void {
  if (
    message.manifestVersion !== undefined && message.manifestVersion !== null &&
    message.manifestVersion !== 0
  ) writer.int32(8, message.manifestVersion);
}

/** Reads the fields of a `signer.pipeline.v1.GetVersionRequest`. */
function readGetVersionRequest(
  reader: WireReader,
  message: GetVersionRequest = { manifestVersion: 0 },
): GetVersionRequest {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // manifestVersion = 1
        message.manifestVersion = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const getVersionRequestCodec: Codec<GetVersionRequestInit, GetVersionRequest> = codec(
  "signer.pipeline.v1.GetVersionRequest",
  { 1: "manifestVersion" },
  writeGetVersionRequest,
  readGetVersionRequest,
);

/** A `signer.pipeline.v1.GetVersionResponse` to write: fields may be left out. */
export interface GetVersionResponseInit {
  /** The version of the server. */
  readonly version?: string | undefined;
  /** Versions of manifests that the server reads. */
  readonly manifestVersions?: readonly number[] | undefined;
  readonly nodeTypes?: readonly NodeTypeInit[] | undefined;
  /** Versions of the protocol that the server speaks, newest first. */
  readonly protocolVersions?: readonly string[] | undefined;
  /** True when the server reads manifests of the version in the request. */
  readonly compatible?: boolean | undefined;
}

/** A `signer.pipeline.v1.GetVersionResponse` that was read. */
export interface GetVersionResponse {
  /** The version of the server. */
  version: string;
  /** Versions of manifests that the server reads. */
  manifestVersions: number[];
  nodeTypes: NodeType[];
  /** Versions of the protocol that the server speaks, newest first. */
  protocolVersions: string[];
  /** True when the server reads manifests of the version in the request. */
  compatible: boolean;
}

/** Writes the fields of a `signer.pipeline.v1.GetVersionResponse` that do not have their default value. */
function writeGetVersionResponse(
  message: GetVersionResponseInit,
  writer: WireWriter,
): void {
  if (message.version !== undefined && message.version !== null && message.version !== "") {
    writer.string(10, message.version);
  }
  writer.packedInt32(18, writer.list(18, message.manifestVersions));
  for (const each of writer.list(26, message.nodeTypes)) {
    writer.message(26, each, nodeTypeCodec);
  }
  for (const each of writer.list(34, message.protocolVersions)) writer.string(34, each);
  if (
    message.compatible !== undefined && message.compatible !== null && message.compatible !== false
  ) writer.bool(40, message.compatible);
}

/** Reads the fields of a `signer.pipeline.v1.GetVersionResponse`. */
function readGetVersionResponse(
  reader: WireReader,
  message: GetVersionResponse = {
    version: "",
    manifestVersions: [],
    nodeTypes: [],
    protocolVersions: [],
    compatible: false,
  },
): GetVersionResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // version = 1
        message.version = reader.string();
        break;
      case 16: // manifestVersions = 2
        message.manifestVersions.push(reader.int32());
        break;
      case 18: // manifestVersions = 2
        reader.packed(message.manifestVersions, (each) => each.int32());
        break;
      case 26: // nodeTypes = 3
        message.nodeTypes.push(reader.message(nodeTypeCodec.read));
        break;
      case 34: // protocolVersions = 4
        message.protocolVersions.push(reader.string());
        break;
      case 40: // compatible = 5
        message.compatible = reader.bool();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const getVersionResponseCodec: Codec<GetVersionResponseInit, GetVersionResponse> = codec(
  "signer.pipeline.v1.GetVersionResponse",
  { 1: "version", 2: "manifestVersions", 3: "nodeTypes", 4: "protocolVersions", 5: "compatible" },
  writeGetVersionResponse,
  readGetVersionResponse,
);

/** A `signer.pipeline.v1.NodeType` to write: fields may be left out. */
export interface NodeTypeInit {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly parameters?: readonly ParameterInit[] | undefined;
}

/** A `signer.pipeline.v1.NodeType` that was read. */
export interface NodeType {
  type: string;
  description: string;
  parameters: Parameter[];
}

/** Writes the fields of a `signer.pipeline.v1.NodeType` that do not have their default value. */
function writeNodeType(
  message: NodeTypeInit,
  writer: WireWriter,
): void {
  if (message.type !== undefined && message.type !== null && message.type !== "") {
    writer.string(10, message.type);
  }
  if (
    message.description !== undefined && message.description !== null && message.description !== ""
  ) writer.string(18, message.description);
  for (const each of writer.list(26, message.parameters)) {
    writer.message(26, each, parameterCodec);
  }
}

/** Reads the fields of a `signer.pipeline.v1.NodeType`. */
function readNodeType(
  reader: WireReader,
  message: NodeType = { type: "", description: "", parameters: [] },
): NodeType {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // type = 1
        message.type = reader.string();
        break;
      case 18: // description = 2
        message.description = reader.string();
        break;
      case 26: // parameters = 3
        message.parameters.push(reader.message(parameterCodec.read));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const nodeTypeCodec: Codec<NodeTypeInit, NodeType> = codec(
  "signer.pipeline.v1.NodeType",
  { 1: "type", 2: "description", 3: "parameters" },
  writeNodeType,
  readNodeType,
);

/** A `signer.pipeline.v1.Parameter` to write: fields may be left out. */
export interface ParameterInit {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /**
   * The values that it takes, such as "a number from -120 to 60". It must be given unless it has a
   * default, or the values end in "; optional".
   */
  readonly values?: string | undefined;
  /** The default as JSON; empty when there is none. */
  readonly defaultJson?: string | undefined;
}

/** A `signer.pipeline.v1.Parameter` that was read. */
export interface Parameter {
  name: string;
  description: string;
  /**
   * The values that it takes, such as "a number from -120 to 60". It must be given unless it has a
   * default, or the values end in "; optional".
   */
  values: string;
  /** The default as JSON; empty when there is none. */
  defaultJson: string;
}

/** Writes the fields of a `signer.pipeline.v1.Parameter` that do not have their default value. */
function writeParameter(
  message: ParameterInit,
  writer: WireWriter,
): void {
  if (message.name !== undefined && message.name !== null && message.name !== "") {
    writer.string(10, message.name);
  }
  if (
    message.description !== undefined && message.description !== null && message.description !== ""
  ) writer.string(18, message.description);
  if (message.values !== undefined && message.values !== null && message.values !== "") {
    writer.string(26, message.values);
  }
  if (
    message.defaultJson !== undefined && message.defaultJson !== null && message.defaultJson !== ""
  ) writer.string(34, message.defaultJson);
}

/** Reads the fields of a `signer.pipeline.v1.Parameter`. */
function readParameter(
  reader: WireReader,
  message: Parameter = { name: "", description: "", values: "", defaultJson: "" },
): Parameter {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // name = 1
        message.name = reader.string();
        break;
      case 18: // description = 2
        message.description = reader.string();
        break;
      case 26: // values = 3
        message.values = reader.string();
        break;
      case 34: // defaultJson = 4
        message.defaultJson = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const parameterCodec: Codec<ParameterInit, Parameter> = codec(
  "signer.pipeline.v1.Parameter",
  { 1: "name", 2: "description", 3: "values", 4: "defaultJson" },
  writeParameter,
  readParameter,
);

/** A `signer.pipeline.v1.GetMetricsRequest` to write: fields may be left out. */
export type GetMetricsRequestInit = Record<string, never>;

/** A `signer.pipeline.v1.GetMetricsRequest` that was read. */
export type GetMetricsRequest = Record<string, never>;

/** Writes the fields of a `signer.pipeline.v1.GetMetricsRequest` that do not have their default value. */
function writeGetMetricsRequest(
  _message: GetMetricsRequestInit,
  _writer: WireWriter,
): void {
}

/** Reads the fields of a `signer.pipeline.v1.GetMetricsRequest`. */
function readGetMetricsRequest(
  reader: WireReader,
  message: GetMetricsRequest = {},
): GetMetricsRequest {
  while (reader.more()) reader.skip(reader.tag());
  return message;
}

export const getMetricsRequestCodec: Codec<GetMetricsRequestInit, GetMetricsRequest> = codec(
  "signer.pipeline.v1.GetMetricsRequest",
  {},
  writeGetMetricsRequest,
  readGetMetricsRequest,
);

/** A `signer.pipeline.v1.GetMetricsResponse` to write: fields may be left out. */
export interface GetMetricsResponseInit {
  /** Executions that have succeeded; a stream is one. */
  readonly executions?: number | undefined;
  /** Executions that have failed, by the kind of error. */
  readonly errors?: readonly ErrorCountInit[] | undefined;
  /** Wall time in microseconds of all executions that have succeeded. */
  readonly wallUs?: number | undefined;
  readonly cpuUs?: number | undefined;
  /** Bytes of samples, in inputs and as decoded from WAV files. */
  readonly audioBytes?: number | undefined;
  /** The types of nodes that were executed. */
  readonly nodeTypes?: readonly NodeTypeMetricsInit[] | undefined;
  /** Executions that run and that wait at this time, and open streams. */
  readonly running?: number | undefined;
  readonly waiting?: number | undefined;
  readonly streams?: number | undefined;
}

/** A `signer.pipeline.v1.GetMetricsResponse` that was read. */
export interface GetMetricsResponse {
  /** Executions that have succeeded; a stream is one. */
  executions: number;
  /** Executions that have failed, by the kind of error. */
  errors: ErrorCount[];
  /** Wall time in microseconds of all executions that have succeeded. */
  wallUs: number;
  cpuUs: number;
  /** Bytes of samples, in inputs and as decoded from WAV files. */
  audioBytes: number;
  /** The types of nodes that were executed. */
  nodeTypes: NodeTypeMetrics[];
  /** Executions that run and that wait at this time, and open streams. */
  running: number;
  waiting: number;
  streams: number;
}

/** Writes the fields of a `signer.pipeline.v1.GetMetricsResponse` that do not have their default value. */
function writeGetMetricsResponse(
  message: GetMetricsResponseInit,
  writer: WireWriter,
): void {
  if (message.executions !== undefined && message.executions !== null && message.executions !== 0) {
    writer.int64(8, message.executions);
  }
  for (const each of writer.list(18, message.errors)) {
    writer.message(18, each, errorCountCodec);
  }
  if (message.wallUs !== undefined && message.wallUs !== null && message.wallUs !== 0) {
    writer.int64(24, message.wallUs);
  }
  if (message.cpuUs !== undefined && message.cpuUs !== null && message.cpuUs !== 0) {
    writer.int64(32, message.cpuUs);
  }
  if (message.audioBytes !== undefined && message.audioBytes !== null && message.audioBytes !== 0) {
    writer.int64(40, message.audioBytes);
  }
  for (const each of writer.list(50, message.nodeTypes)) {
    writer.message(50, each, nodeTypeMetricsCodec);
  }
  if (message.running !== undefined && message.running !== null && message.running !== 0) {
    writer.int64(56, message.running);
  }
  if (message.waiting !== undefined && message.waiting !== null && message.waiting !== 0) {
    writer.int64(64, message.waiting);
  }
  if (message.streams !== undefined && message.streams !== null && message.streams !== 0) {
    writer.int64(72, message.streams);
  }
}

/** Reads the fields of a `signer.pipeline.v1.GetMetricsResponse`. */
function readGetMetricsResponse(
  reader: WireReader,
  message: GetMetricsResponse = {
    executions: 0,
    errors: [],
    wallUs: 0,
    cpuUs: 0,
    audioBytes: 0,
    nodeTypes: [],
    running: 0,
    waiting: 0,
    streams: 0,
  },
): GetMetricsResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // executions = 1
        message.executions = reader.int64();
        break;
      case 18: // errors = 2
        message.errors.push(reader.message(errorCountCodec.read));
        break;
      case 24: // wallUs = 3
        message.wallUs = reader.int64();
        break;
      case 32: // cpuUs = 4
        message.cpuUs = reader.int64();
        break;
      case 40: // audioBytes = 5
        message.audioBytes = reader.int64();
        break;
      case 50: // nodeTypes = 6
        message.nodeTypes.push(reader.message(nodeTypeMetricsCodec.read));
        break;
      case 56: // running = 7
        message.running = reader.int64();
        break;
      case 64: // waiting = 8
        message.waiting = reader.int64();
        break;
      case 72: // streams = 9
        message.streams = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const getMetricsResponseCodec: Codec<GetMetricsResponseInit, GetMetricsResponse> = codec(
  "signer.pipeline.v1.GetMetricsResponse",
  {
    1: "executions",
    2: "errors",
    3: "wallUs",
    4: "cpuUs",
    5: "audioBytes",
    6: "nodeTypes",
    7: "running",
    8: "waiting",
    9: "streams",
  },
  writeGetMetricsResponse,
  readGetMetricsResponse,
);

/** A `signer.pipeline.v1.ErrorCount` to write: fields may be left out. */
export interface ErrorCountInit {
  /** The kind, such as BAD_INPUT, LIMIT, TIMED_OUT, CANCELLED, NODE_FAILED. */
  readonly kind?: string | undefined;
  readonly count?: number | undefined;
}

/** A `signer.pipeline.v1.ErrorCount` that was read. */
export interface ErrorCount {
  /** The kind, such as BAD_INPUT, LIMIT, TIMED_OUT, CANCELLED, NODE_FAILED. */
  kind: string;
  count: number;
}

/** Writes the fields of a `signer.pipeline.v1.ErrorCount` that do not have their default value. */
function writeErrorCount(
  message: ErrorCountInit,
  writer: WireWriter,
): void {
  if (message.kind !== undefined && message.kind !== null && message.kind !== "") {
    writer.string(10, message.kind);
  }
  if (message.count !== undefined && message.count !== null && message.count !== 0) {
    writer.int64(16, message.count);
  }
}

/** Reads the fields of a `signer.pipeline.v1.ErrorCount`. */
function readErrorCount(
  reader: WireReader,
  message: ErrorCount = { kind: "", count: 0 },
): ErrorCount {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // kind = 1
        message.kind = reader.string();
        break;
      case 16: // count = 2
        message.count = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const errorCountCodec: Codec<ErrorCountInit, ErrorCount> = codec(
  "signer.pipeline.v1.ErrorCount",
  { 1: "kind", 2: "count" },
  writeErrorCount,
  readErrorCount,
);

/** A `signer.pipeline.v1.NodeTypeMetrics` to write: fields may be left out. */
export interface NodeTypeMetricsInit {
  readonly type?: string | undefined;
  /** Nodes that were executed. */
  readonly executions?: number | undefined;
  readonly us?: number | undefined;
}

/** A `signer.pipeline.v1.NodeTypeMetrics` that was read. */
export interface NodeTypeMetrics {
  type: string;
  /** Nodes that were executed. */
  executions: number;
  us: number;
}

/** Writes the fields of a `signer.pipeline.v1.NodeTypeMetrics` that do not have their default value. */
function writeNodeTypeMetrics(
  message: NodeTypeMetricsInit,
  writer: WireWriter,
): void {
  if (message.type !== undefined && message.type !== null && message.type !== "") {
    writer.string(10, message.type);
  }
  if (message.executions !== undefined && message.executions !== null && message.executions !== 0) {
    writer.int64(16, message.executions);
  }
  if (message.us !== undefined && message.us !== null && message.us !== 0) {
    writer.int64(24, message.us);
  }
}

/** Reads the fields of a `signer.pipeline.v1.NodeTypeMetrics`. */
function readNodeTypeMetrics(
  reader: WireReader,
  message: NodeTypeMetrics = { type: "", executions: 0, us: 0 },
): NodeTypeMetrics {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // type = 1
        message.type = reader.string();
        break;
      case 16: // executions = 2
        message.executions = reader.int64();
        break;
      case 24: // us = 3
        message.us = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const nodeTypeMetricsCodec: Codec<NodeTypeMetricsInit, NodeTypeMetrics> = codec(
  "signer.pipeline.v1.NodeTypeMetrics",
  { 1: "type", 2: "executions", 3: "us" },
  writeNodeTypeMetrics,
  readNodeTypeMetrics,
);

/** Executes pipelines: graphs of nodes over audio, bytes and JSON. */
export const pipelineDefinition = {
  /**
   * Executes a pipeline on the values of the request. Clients may repeat the call, which makes its
   * signatures again.
   */
  ExecutePipeline: method(
    "/signer.pipeline.v1.PipelineService/ExecutePipeline",
    executePipelineRequestCodec,
    executePipelineResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "executePipeline",
      options: { idempotency_level: "IDEMPOTENT" },
    },
  ),
  /**
   * Executes a pipeline on a stream of chunks. The first request has the manifest, each further one a
   * chunk with a value for every input. Nodes keep their state between chunks, so that the outputs
   * are those of the whole input. A response has the outputs of a chunk, if there are any; the last
   * one has the metrics. The stream ends when the client ends its requests.
   */
  StreamPipeline: method(
    "/signer.pipeline.v1.PipelineService/StreamPipeline",
    streamPipelineRequestCodec,
    streamPipelineResponseCodec,
    {
      requestStream: true,
      responseStream: true,
      originalName: "streamPipeline",
      options: { idempotency_level: "IDEMPOTENCY_UNKNOWN" },
    },
  ),
  GetVersion: method(
    "/signer.pipeline.v1.PipelineService/GetVersion",
    getVersionRequestCodec,
    getVersionResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "getVersion",
      options: { idempotency_level: "NO_SIDE_EFFECTS" },
    },
  ),
  /** The counters of this service, of all threads since the start of the server. */
  GetMetrics: method(
    "/signer.pipeline.v1.PipelineService/GetMetrics",
    getMetricsRequestCodec,
    getMetricsResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "getMetrics",
      options: { idempotency_level: "NO_SIDE_EFFECTS" },
    },
  ),
};
