/** Generated from proto/signer/v1/server_info.proto by `deno task proto`. @module */
import type { GetServerInfoRequest, GetServerInfoRequest__Output } from "./GetServerInfoRequest.ts";
import type {
  GetServerInfoResponse,
  GetServerInfoResponse__Output,
} from "./GetServerInfoResponse.ts";
import type { Limits, Limits__Output } from "./Limits.ts";
import type { ServerInfoServiceDefinition } from "./ServerInfoService.ts";
import {
  type Codec,
  codec,
  listed,
  type WireReader,
  type WireWriter,
} from "../../../../protobuf/mod.ts";
import { keyTypeNames, signingAlgorithmNames } from "./keys_codec.ts";
import { method } from "../../../../grpc/mod.ts";

/** Writes the fields of a `signer.v1.GetServerInfoRequest`, but those that have their default value. */
export function writeGetServerInfoRequest(
  _message: GetServerInfoRequest,
  _writer: WireWriter,
): void {
}

/** Reads the fields of a `signer.v1.GetServerInfoRequest`. */
export function readGetServerInfoRequest(
  reader: WireReader,
  message: GetServerInfoRequest__Output = {},
): GetServerInfoRequest__Output {
  while (reader.more()) reader.skip(reader.tag());
  return message;
}

export const getServerInfoRequestCodec: Codec<GetServerInfoRequest, GetServerInfoRequest__Output> =
  codec("signer.v1.GetServerInfoRequest", writeGetServerInfoRequest, readGetServerInfoRequest);

/** Writes the fields of a `signer.v1.GetServerInfoResponse`, but those that have their default value. */
export function writeGetServerInfoResponse(
  message: GetServerInfoResponse,
  writer: WireWriter,
): void {
  if (message.version !== undefined && message.version !== null && message.version !== "") {
    writer.string(10, message.version);
  }
  for (const each of listed(message.protocolVersions)) writer.string(18, each);
  writer.packed(26, listed(message.algorithms).map((each) => signingAlgorithmNames.number(each)));
  writer.packed(34, listed(message.keyTypes).map((each) => keyTypeNames.number(each)));
  if (message.limits !== undefined && message.limits !== null) {
    writer.message(42, message.limits, writeLimits);
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
export function readGetServerInfoResponse(
  reader: WireReader,
  message: GetServerInfoResponse__Output = {
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
): GetServerInfoResponse__Output {
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
        message.limits = reader.message(readLimits, message.limits);
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

export const getServerInfoResponseCodec: Codec<
  GetServerInfoResponse,
  GetServerInfoResponse__Output
> = codec("signer.v1.GetServerInfoResponse", writeGetServerInfoResponse, readGetServerInfoResponse);

/** Writes the fields of a `signer.v1.Limits`, but those that have their default value. */
export function writeLimits(
  message: Limits,
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
export function readLimits(
  reader: WireReader,
  message: Limits__Output = { maxRequestBytes: 0, maxBatchItems: 0 },
): Limits__Output {
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

export const limitsCodec: Codec<Limits, Limits__Output> = codec(
  "signer.v1.Limits",
  writeLimits,
  readLimits,
);

export const serverInfoService: ServerInfoServiceDefinition = {
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
