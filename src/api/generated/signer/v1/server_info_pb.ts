/** Generated from proto/signer/v1/server_info.proto by `deno task proto`. @module */
import { type Codec, codec, type WireReader, type WireWriter } from "../../../../protobuf/mod.ts";
import {
  type KeyType,
  keyTypeNames,
  type SigningAlgorithm,
  signingAlgorithmNames,
} from "./keys_pb.ts";
import { method } from "../../../../grpc/mod.ts";

/** A `signer.v1.GetServerInfoRequest` to write: fields may be left out. */
export type GetServerInfoRequestInit = Record<string, never>;

/** A `signer.v1.GetServerInfoRequest` that was read. */
export type GetServerInfoRequest = Record<string, never>;

/** Writes the fields of a `signer.v1.GetServerInfoRequest` that do not have their default value. */
function writeGetServerInfoRequest(
  _message: GetServerInfoRequestInit,
  _writer: WireWriter,
): void {
}

/** Reads the fields of a `signer.v1.GetServerInfoRequest`. */
function readGetServerInfoRequest(
  reader: WireReader,
  message: GetServerInfoRequest = {},
): GetServerInfoRequest {
  while (reader.more()) reader.skip(reader.tag());
  return message;
}

export const getServerInfoRequestCodec: Codec<GetServerInfoRequestInit, GetServerInfoRequest> =
  codec(
    "signer.v1.GetServerInfoRequest",
    {},
    writeGetServerInfoRequest,
    readGetServerInfoRequest,
  );

/** A `signer.v1.GetServerInfoResponse` to write: fields may be left out. */
export interface GetServerInfoResponseInit {
  /** The program's version, such as "0.1.0". */
  readonly version?: string | undefined;
  /** The values of the metadata key "signer-protocol" that this server speaks, newest first. */
  readonly protocolVersions?: readonly string[] | undefined;
  /** The algorithms of its keys, in its order of preference. */
  readonly algorithms?: readonly (SigningAlgorithm | number)[] | undefined;
  /** The types of its keys. */
  readonly keyTypes?: readonly (KeyType | number)[] | undefined;
  readonly limits?: LimitsInit | null | undefined;
  /** The cryptographic provider and its version, such as "openssl" and "OpenSSL 3.0.19 27 Jan 2026". */
  readonly provider?: string | undefined;
  readonly providerVersion?: string | undefined;
  /** The gRPC implementation: "grpc-js" or "native". */
  readonly stack?: string | undefined;
  /** The number of the server's process for peers on the same machine, 0 for others. */
  readonly pid?: number | undefined;
  /**
   * The start of that process, in clock ticks after boot (field 22 of /proc/PID/stat), set with pid. It
   * distinguishes the process from one with the same number elsewhere: in another container, or behind a
   * tunnel that makes a peer look local. 0 when it is unknown.
   */
  readonly pidStartTicks?: number | undefined;
}

/** A `signer.v1.GetServerInfoResponse` that was read. */
export interface GetServerInfoResponse {
  /** The program's version, such as "0.1.0". */
  version: string;
  /** The values of the metadata key "signer-protocol" that this server speaks, newest first. */
  protocolVersions: string[];
  /** The algorithms of its keys, in its order of preference. */
  algorithms: (SigningAlgorithm | number)[];
  /** The types of its keys. */
  keyTypes: (KeyType | number)[];
  limits: Limits | null;
  /** The cryptographic provider and its version, such as "openssl" and "OpenSSL 3.0.19 27 Jan 2026". */
  provider: string;
  providerVersion: string;
  /** The gRPC implementation: "grpc-js" or "native". */
  stack: string;
  /** The number of the server's process for peers on the same machine, 0 for others. */
  pid: number;
  /**
   * The start of that process, in clock ticks after boot (field 22 of /proc/PID/stat), set with pid. It
   * distinguishes the process from one with the same number elsewhere: in another container, or behind a
   * tunnel that makes a peer look local. 0 when it is unknown.
   */
  pidStartTicks: number;
}

/** Writes the fields of a `signer.v1.GetServerInfoResponse` that do not have their default value. */
function writeGetServerInfoResponse(
  message: GetServerInfoResponseInit,
  writer: WireWriter,
): void {
  if (message.version !== undefined && message.version !== null && message.version !== "") {
    writer.string(10, message.version);
  }
  for (const each of writer.list(18, message.protocolVersions)) writer.string(18, each);
  writer.packedEnum(26, writer.list(26, message.algorithms), signingAlgorithmNames);
  writer.packedEnum(34, writer.list(34, message.keyTypes), keyTypeNames);
  if (message.limits !== undefined && message.limits !== null) {
    writer.message(42, message.limits, limitsCodec);
  }
  if (message.provider !== undefined && message.provider !== null && message.provider !== "") {
    writer.string(50, message.provider);
  }
  if (
    message.providerVersion !== undefined && message.providerVersion !== null &&
    message.providerVersion !== ""
  ) writer.string(58, message.providerVersion);
  if (message.stack !== undefined && message.stack !== null && message.stack !== "") {
    writer.string(66, message.stack);
  }
  if (message.pid !== undefined && message.pid !== null && message.pid !== 0) {
    writer.int32(72, message.pid);
  }
  if (
    message.pidStartTicks !== undefined && message.pidStartTicks !== null &&
    message.pidStartTicks !== 0
  ) writer.int64(80, message.pidStartTicks);
}

/** Reads the fields of a `signer.v1.GetServerInfoResponse`. */
function readGetServerInfoResponse(
  reader: WireReader,
  message: GetServerInfoResponse = {
    version: "",
    protocolVersions: [],
    algorithms: [],
    keyTypes: [],
    limits: null,
    provider: "",
    providerVersion: "",
    stack: "",
    pid: 0,
    pidStartTicks: 0,
  },
): GetServerInfoResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // version = 1
        message.version = reader.string();
        break;
      case 18: // protocolVersions = 2
        message.protocolVersions.push(reader.string());
        break;
      case 24: // algorithms = 3
        message.algorithms.push(signingAlgorithmNames.name(reader.int32()));
        break;
      case 26: // algorithms = 3
        reader.packed(message.algorithms, (each) => signingAlgorithmNames.name(each.int32()));
        break;
      case 32: // keyTypes = 4
        message.keyTypes.push(keyTypeNames.name(reader.int32()));
        break;
      case 34: // keyTypes = 4
        reader.packed(message.keyTypes, (each) => keyTypeNames.name(each.int32()));
        break;
      case 42: // limits = 5
        message.limits = reader.message(limitsCodec.read, message.limits);
        break;
      case 50: // provider = 6
        message.provider = reader.string();
        break;
      case 58: // providerVersion = 7
        message.providerVersion = reader.string();
        break;
      case 66: // stack = 8
        message.stack = reader.string();
        break;
      case 72: // pid = 9
        message.pid = reader.int32();
        break;
      case 80: // pidStartTicks = 10
        message.pidStartTicks = reader.int64();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const getServerInfoResponseCodec: Codec<GetServerInfoResponseInit, GetServerInfoResponse> =
  codec(
    "signer.v1.GetServerInfoResponse",
    {
      1: "version",
      2: "protocolVersions",
      3: "algorithms",
      4: "keyTypes",
      5: "limits",
      6: "provider",
      7: "providerVersion",
      8: "stack",
      9: "pid",
      10: "pidStartTicks",
    },
    writeGetServerInfoResponse,
    readGetServerInfoResponse,
  );

/** A `signer.v1.Limits` to write: fields may be left out. */
export interface LimitsInit {
  /** Bytes of one request message. */
  readonly maxRequestBytes?: number | undefined;
  /** Requests in one SignBatch. */
  readonly maxBatchItems?: number | undefined;
}

/** Limits of requests. A request beyond them ends with RESOURCE_EXHAUSTED or INVALID_ARGUMENT. */
export interface Limits {
  /** Bytes of one request message. */
  maxRequestBytes: number;
  /** Requests in one SignBatch. */
  maxBatchItems: number;
}

/** Writes the fields of a `signer.v1.Limits` that do not have their default value. */
function writeLimits(
  message: LimitsInit,
  writer: WireWriter,
): void {
  if (
    message.maxRequestBytes !== undefined && message.maxRequestBytes !== null &&
    message.maxRequestBytes !== 0
  ) writer.int32(8, message.maxRequestBytes);
  if (
    message.maxBatchItems !== undefined && message.maxBatchItems !== null &&
    message.maxBatchItems !== 0
  ) writer.int32(16, message.maxBatchItems);
}

/** Reads the fields of a `signer.v1.Limits`. */
function readLimits(
  reader: WireReader,
  message: Limits = { maxRequestBytes: 0, maxBatchItems: 0 },
): Limits {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // maxRequestBytes = 1
        message.maxRequestBytes = reader.int32();
        break;
      case 16: // maxBatchItems = 2
        message.maxBatchItems = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const limitsCodec: Codec<LimitsInit, Limits> = codec(
  "signer.v1.Limits",
  { 1: "maxRequestBytes", 2: "maxBatchItems" },
  writeLimits,
  readLimits,
);

/** The service `signer.v1.ServerInfoService`. */
export const serverInfoDefinition = {
  /** Returns the versions, algorithms and limits by which a client chooses how to call this server. */
  GetServerInfo: method(
    "/signer.v1.ServerInfoService/GetServerInfo",
    getServerInfoRequestCodec,
    getServerInfoResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "getServerInfo",
      options: { idempotency_level: "NO_SIDE_EFFECTS" },
    },
  ),
};
