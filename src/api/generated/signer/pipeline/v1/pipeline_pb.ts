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

/** Limits of the execution. The server's defaults hold for those that are not given or 0. */
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

/** A `signer.pipeline.v1.ExecutionMetrics` to write: fields may be left out. */
export interface ExecutionMetricsInit {
  /** Time of the execution in microseconds, with its waits for other calls. */
  readonly wallUs?: number | undefined;
  /** The bytes of the inputs, times the nodes, times 3. */
  readonly memoryEstimateBytes?: number | undefined;
  /** In the order of execution. */
  readonly nodes?: readonly NodeMetricsInit[] | undefined;
}

/** A `signer.pipeline.v1.ExecutionMetrics` that was read. */
export interface ExecutionMetrics {
  /** Time of the execution in microseconds, with its waits for other calls. */
  wallUs: number;
  /** The bytes of the inputs, times the nodes, times 3. */
  memoryEstimateBytes: number;
  /** In the order of execution. */
  nodes: NodeMetrics[];
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
}

/** Reads the fields of a `signer.pipeline.v1.ExecutionMetrics`. */
function readExecutionMetrics(
  reader: WireReader,
  message: ExecutionMetrics = { wallUs: 0, memoryEstimateBytes: 0, nodes: [] },
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
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const executionMetricsCodec: Codec<ExecutionMetricsInit, ExecutionMetrics> = codec(
  "signer.pipeline.v1.ExecutionMetrics",
  { 1: "wallUs", 2: "memoryEstimateBytes", 3: "nodes" },
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
export type GetVersionRequestInit = Record<string, never>;

/** A `signer.pipeline.v1.GetVersionRequest` that was read. */
export type GetVersionRequest = Record<string, never>;

/** Writes the fields of a `signer.pipeline.v1.GetVersionRequest` that do not have their default value. */
function writeGetVersionRequest(
  _message: GetVersionRequestInit,
  _writer: WireWriter,
): void {
}

/** Reads the fields of a `signer.pipeline.v1.GetVersionRequest`. */
function readGetVersionRequest(
  reader: WireReader,
  message: GetVersionRequest = {},
): GetVersionRequest {
  while (reader.more()) reader.skip(reader.tag());
  return message;
}

export const getVersionRequestCodec: Codec<GetVersionRequestInit, GetVersionRequest> = codec(
  "signer.pipeline.v1.GetVersionRequest",
  {},
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
}

/** A `signer.pipeline.v1.GetVersionResponse` that was read. */
export interface GetVersionResponse {
  /** The version of the server. */
  version: string;
  /** Versions of manifests that the server reads. */
  manifestVersions: number[];
  nodeTypes: NodeType[];
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
}

/** Reads the fields of a `signer.pipeline.v1.GetVersionResponse`. */
function readGetVersionResponse(
  reader: WireReader,
  message: GetVersionResponse = { version: "", manifestVersions: [], nodeTypes: [] },
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
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const getVersionResponseCodec: Codec<GetVersionResponseInit, GetVersionResponse> = codec(
  "signer.pipeline.v1.GetVersionResponse",
  { 1: "version", 2: "manifestVersions", 3: "nodeTypes" },
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
};
