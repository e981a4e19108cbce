/** Generated from proto/grpc/health/v1/health.proto by `deno task proto`. @module */
import type { HealthCheckRequest, HealthCheckRequest__Output } from "./HealthCheckRequest.ts";
import type {
  _grpc_health_v1_HealthCheckResponse_ServingStatus__Output,
  HealthCheckResponse,
  HealthCheckResponse__Output,
} from "./HealthCheckResponse.ts";
import type { HealthDefinition } from "./Health.ts";
import type { HealthListRequest, HealthListRequest__Output } from "./HealthListRequest.ts";
import type { HealthListResponse, HealthListResponse__Output } from "./HealthListResponse.ts";
import {
  type Codec,
  codec,
  EnumNames,
  setEntry,
  type WireReader,
  type WireWriter,
} from "../../../../../protobuf/mod.ts";
import { method } from "../../../../../grpc/mod.ts";

export const healthCheckResponseServingStatusNames = new EnumNames<
  _grpc_health_v1_HealthCheckResponse_ServingStatus__Output
>("grpc.health.v1.HealthCheckResponse.ServingStatus", {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
});

/** Writes the fields of a `grpc.health.v1.HealthListRequest`, but those that have their default value. */
export function writeHealthListRequest(
  _message: HealthListRequest,
  _writer: WireWriter,
): void {
}

/** Reads the fields of a `grpc.health.v1.HealthListRequest`. */
export function readHealthListRequest(
  reader: WireReader,
  message: HealthListRequest__Output = {},
): HealthListRequest__Output {
  while (reader.more()) reader.skip(reader.tag());
  return message;
}

export const healthListRequestCodec: Codec<HealthListRequest, HealthListRequest__Output> = codec(
  "grpc.health.v1.HealthListRequest",
  writeHealthListRequest,
  readHealthListRequest,
);

/** Writes the fields of a `grpc.health.v1.HealthListResponse`, but those that have their default value. */
export function writeHealthListResponse(
  message: HealthListResponse,
  writer: WireWriter,
): void {
  for (const entry of Object.entries(message.statuses ?? {})) {
    writer.message(10, entry, ([key, value], writer) => {
      writer.string(10, key);
      writer.message(18, value, writeHealthCheckResponse);
    });
  }
}

/** Reads an entry of `grpc.health.v1.HealthListResponse.statuses`. */
function readHealthListResponseStatusesEntry(
  reader: WireReader,
  map: Record<string, HealthCheckResponse__Output>,
): void {
  const entry = reader.message(
    (
      reader,
      entry: { key: string; value: HealthCheckResponse__Output | null } = { key: "", value: null },
    ) => {
      while (reader.more()) {
        const tag = reader.tag();
        switch (tag) {
          case 10: // key = 1
            entry.key = reader.string();
            break;
          case 18: // value = 2
            entry.value = reader.message(readHealthCheckResponse, entry.value);
            break;
          default:
            reader.skip(tag);
        }
      }
      return entry;
    },
  );
  setEntry(map, entry.key, entry.value ?? { status: "UNKNOWN" });
}

/** Reads the fields of a `grpc.health.v1.HealthListResponse`. */
export function readHealthListResponse(
  reader: WireReader,
  message: HealthListResponse__Output = { statuses: {} },
): HealthListResponse__Output {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // statuses = 1
        readHealthListResponseStatusesEntry(reader, message.statuses);
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const healthListResponseCodec: Codec<HealthListResponse, HealthListResponse__Output> = codec(
  "grpc.health.v1.HealthListResponse",
  writeHealthListResponse,
  readHealthListResponse,
);

/** Writes the fields of a `grpc.health.v1.HealthCheckRequest`, but those that have their default value. */
export function writeHealthCheckRequest(
  message: HealthCheckRequest,
  writer: WireWriter,
): void {
  if (message.service !== undefined && message.service !== null && message.service !== "") {
    writer.string(10, message.service);
  }
}

/** Reads the fields of a `grpc.health.v1.HealthCheckRequest`. */
export function readHealthCheckRequest(
  reader: WireReader,
  message: HealthCheckRequest__Output = { service: "" },
): HealthCheckRequest__Output {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // service = 1
        message.service = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const healthCheckRequestCodec: Codec<HealthCheckRequest, HealthCheckRequest__Output> = codec(
  "grpc.health.v1.HealthCheckRequest",
  writeHealthCheckRequest,
  readHealthCheckRequest,
);

/** Writes the fields of a `grpc.health.v1.HealthCheckResponse`, but those that have their default value. */
export function writeHealthCheckResponse(
  message: HealthCheckResponse,
  writer: WireWriter,
): void {
  const status = healthCheckResponseServingStatusNames.number(message.status ?? 0);
  if (status !== 0) writer.int32(8, status);
}

/** Reads the fields of a `grpc.health.v1.HealthCheckResponse`. */
export function readHealthCheckResponse(
  reader: WireReader,
  message: HealthCheckResponse__Output = { status: "UNKNOWN" },
): HealthCheckResponse__Output {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // status = 1
        message.status = healthCheckResponseServingStatusNames.name(reader.int32());
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const healthCheckResponseCodec: Codec<HealthCheckResponse, HealthCheckResponse__Output> =
  codec("grpc.health.v1.HealthCheckResponse", writeHealthCheckResponse, readHealthCheckResponse);

export const healthService: HealthDefinition = {
  Check: method(
    "/grpc.health.v1.Health/Check",
    healthCheckRequestCodec,
    healthCheckResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "check",
      options: { idempotency_level: "IDEMPOTENCY_UNKNOWN" },
    },
  ),
  Watch: method(
    "/grpc.health.v1.Health/Watch",
    healthCheckRequestCodec,
    healthCheckResponseCodec,
    {
      requestStream: false,
      responseStream: true,
      originalName: "watch",
      options: { idempotency_level: "IDEMPOTENCY_UNKNOWN" },
    },
  ),
  List: method(
    "/grpc.health.v1.Health/List",
    healthListRequestCodec,
    healthListResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "list",
      options: { idempotency_level: "IDEMPOTENCY_UNKNOWN" },
    },
  ),
};
