/** Generated from proto/grpc/health/v1/health.proto by `deno task proto`. @module */
import {
  type Codec,
  codec,
  EnumNames,
  setEntry,
  type WireReader,
  type WireWriter,
} from "../../../../../protobuf/mod.ts";
import { method } from "../../../../../grpc/mod.ts";

export type HealthCheckResponseServingStatus =
  | "UNKNOWN"
  | "SERVING"
  | "NOT_SERVING"
  | "SERVICE_UNKNOWN";

/** The names and numbers of `grpc.health.v1.HealthCheckResponse.ServingStatus`. */
export const healthCheckResponseServingStatusNames = new EnumNames<
  HealthCheckResponseServingStatus
>("grpc.health.v1.HealthCheckResponse.ServingStatus", {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  /** Used only by the Watch method. */
  SERVICE_UNKNOWN: 3,
});

/** A `grpc.health.v1.HealthListRequest` to write: fields may be left out. */
export type HealthListRequestInit = Record<string, never>;

/** A `grpc.health.v1.HealthListRequest` that was read. */
export type HealthListRequest = Record<string, never>;

/** Writes the fields of a `grpc.health.v1.HealthListRequest` that do not have their default value. */
function writeHealthListRequest(
  _message: HealthListRequestInit,
  _writer: WireWriter,
): void {
}

/** Reads the fields of a `grpc.health.v1.HealthListRequest`. */
function readHealthListRequest(
  reader: WireReader,
  message: HealthListRequest = {},
): HealthListRequest {
  while (reader.more()) reader.skip(reader.tag());
  return message;
}

export const healthListRequestCodec: Codec<HealthListRequestInit, HealthListRequest> = codec(
  "grpc.health.v1.HealthListRequest",
  {},
  writeHealthListRequest,
  readHealthListRequest,
);

/** A `grpc.health.v1.HealthListResponse` to write: fields may be left out. */
export interface HealthListResponseInit {
  /** statuses contains all the services and their respective status. */
  readonly statuses?: Readonly<Record<string, HealthCheckResponseInit>> | undefined;
}

/** A `grpc.health.v1.HealthListResponse` that was read. */
export interface HealthListResponse {
  /** statuses contains all the services and their respective status. */
  statuses: Record<string, HealthCheckResponse>;
}

/** Writes the fields of a `grpc.health.v1.HealthListResponse` that do not have their default value. */
function writeHealthListResponse(
  message: HealthListResponseInit,
  writer: WireWriter,
): void {
  for (const [key, value] of Object.entries(message.statuses ?? {})) {
    writer.entry(10, key, value, healthCheckResponseCodec);
  }
}

/** Reads an entry of `grpc.health.v1.HealthListResponse.statuses`. */
function readHealthListResponseStatusesEntry(
  reader: WireReader,
  map: Record<string, HealthCheckResponse>,
): void {
  const entry = reader.message(
    (
      reader,
      entry: { key: string; value: HealthCheckResponse | null } = { key: "", value: null },
    ) => {
      while (reader.more()) {
        const tag = reader.tag();
        switch (tag) {
          case 10: // key = 1
            entry.key = reader.string();
            break;
          case 18: // value = 2
            entry.value = reader.message(healthCheckResponseCodec.read, entry.value);
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
function readHealthListResponse(
  reader: WireReader,
  message: HealthListResponse = { statuses: {} },
): HealthListResponse {
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

export const healthListResponseCodec: Codec<HealthListResponseInit, HealthListResponse> = codec(
  "grpc.health.v1.HealthListResponse",
  { 1: "statuses" },
  writeHealthListResponse,
  readHealthListResponse,
);

/** A `grpc.health.v1.HealthCheckRequest` to write: fields may be left out. */
export interface HealthCheckRequestInit {
  readonly service?: string | undefined;
}

/** A `grpc.health.v1.HealthCheckRequest` that was read. */
export interface HealthCheckRequest {
  service: string;
}

/** Writes the fields of a `grpc.health.v1.HealthCheckRequest` that do not have their default value. */
function writeHealthCheckRequest(
  message: HealthCheckRequestInit,
  writer: WireWriter,
): void {
  if (message.service !== undefined && message.service !== null && message.service !== "") {
    writer.string(10, message.service);
  }
}

/** Reads the fields of a `grpc.health.v1.HealthCheckRequest`. */
function readHealthCheckRequest(
  reader: WireReader,
  message: HealthCheckRequest = { service: "" },
): HealthCheckRequest {
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

export const healthCheckRequestCodec: Codec<HealthCheckRequestInit, HealthCheckRequest> = codec(
  "grpc.health.v1.HealthCheckRequest",
  { 1: "service" },
  writeHealthCheckRequest,
  readHealthCheckRequest,
);

/** A `grpc.health.v1.HealthCheckResponse` to write: fields may be left out. */
export interface HealthCheckResponseInit {
  readonly status?: HealthCheckResponseServingStatus | number | undefined;
}

/** A `grpc.health.v1.HealthCheckResponse` that was read. */
export interface HealthCheckResponse {
  status: HealthCheckResponseServingStatus | number;
}

/** Writes the fields of a `grpc.health.v1.HealthCheckResponse` that do not have their default value. */
function writeHealthCheckResponse(
  message: HealthCheckResponseInit,
  writer: WireWriter,
): void {
  const status = writer.number(8, message.status ?? 0, healthCheckResponseServingStatusNames);
  if (status !== 0) writer.int32(8, status);
}

/** Reads the fields of a `grpc.health.v1.HealthCheckResponse`. */
function readHealthCheckResponse(
  reader: WireReader,
  message: HealthCheckResponse = { status: "UNKNOWN" },
): HealthCheckResponse {
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

export const healthCheckResponseCodec: Codec<HealthCheckResponseInit, HealthCheckResponse> = codec(
  "grpc.health.v1.HealthCheckResponse",
  { 1: "status" },
  writeHealthCheckResponse,
  readHealthCheckResponse,
);

/**
 * Health is gRPC's mechanism for checking whether a server is able to handle
 * RPCs. Its semantics are documented in
 * https://github.com/grpc/grpc/blob/master/doc/health-checking.md.
 */
export const healthDefinition = {
  /**
   * Check gets the health of the specified service. If the requested service
   * is unknown, the call will fail with status NOT_FOUND. If the caller does
   * not specify a service name, the server should respond with its overall
   * health status.
   *
   * Clients should set a deadline when calling Check, and can declare the
   * server unhealthy if they do not receive a timely response.
   *
   * Check implementations should be idempotent and side effect free.
   */
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
  /**
   * Performs a watch for the serving status of the requested service.
   * The server will immediately send back a message indicating the current
   * serving status.  It will then subsequently send a new message whenever
   * the service's serving status changes.
   *
   * If the requested service is unknown when the call is received, the
   * server will send a message setting the serving status to
   * SERVICE_UNKNOWN but will *not* terminate the call.  If at some
   * future point, the serving status of the service becomes known, the
   * server will send a new message with the service's serving status.
   *
   * If the call terminates with status UNIMPLEMENTED, then clients
   * should assume this method is not supported and should not retry the
   * call.  If the call terminates with any other status (including OK),
   * clients should retry the call with appropriate exponential backoff.
   */
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
  /**
   * List provides a non-atomic snapshot of the health of all the available
   * services.
   *
   * The server may respond with a RESOURCE_EXHAUSTED error if too many services
   * exist.
   *
   * Clients should set a deadline when calling List, and can declare the server
   * unhealthy if they do not receive a timely response.
   *
   * Clients should keep in mind that the list of health services exposed by an
   * application can change over the lifetime of the process.
   */
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
