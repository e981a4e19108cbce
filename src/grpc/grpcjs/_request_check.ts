/**
 * Checks of request headers that grpc-js 1.14.7 on Deno 2.9.6 lacks, by grpc's PROTOCOL-HTTP2.md. grpc-js answers a
 * foreign content type with 200 (Deno does not define its constant for 415), accepts text around a `grpc-timeout`,
 * overflows at timeouts over 24 days, and decodes any number of metadata values.
 *
 * @module
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import {
  encodeStatusMessage,
  MAX_METADATA_VALUES,
  parseTimeout,
  type RpcError,
  StatusCode,
  statusDetailsHeader,
} from "../mod.ts";
import { MAX_TIMER_MS } from "./_max_timer.ts";

/** The response to a request that is refused before grpc-js has it. */
export type Refusal = { readonly kind: "http"; readonly status: 405 | 415 } | GrpcRefusal;

/** A gRPC status that is sent instead of a response. */
export interface GrpcRefusal {
  readonly kind: "grpc";
  readonly code: StatusCode;
  readonly message: string;
  /** The details of the status. */
  readonly details?: Uint8Array | undefined;
}

/** The refusal of a request that ends within a message, which grpc-js would ignore. */
export const CUT_OFF: GrpcRefusal = {
  kind: "grpc",
  code: StatusCode.INTERNAL,
  message: "Received request that ends within a message",
};

/** Returns the refusal of a call with an error. */
export function refusalOf({ code, message, metadata }: RpcError): GrpcRefusal {
  const details = metadata.get(statusDetailsHeader);
  return { kind: "grpc", code, message, details: details as Uint8Array | undefined };
}

const contentTypeForm = /^application\/grpc($|[+;])/;

/** The longest path that an error message repeats: a path in the HPACK table costs the peer one byte. */
const MAX_PATH_IN_MESSAGE = 256;

/**
 * Checks the headers of a request. Removes a timeout over `MAX_TIMER_MS`, and metadata over the limit.
 *
 * @param isMethod returns true for the path of a served method
 * @returns the refusal, or undefined if grpc-js may handle the request
 */
export function checkRequest(
  headers: IncomingHttpHeaders,
  isMethod: (path: string) => boolean,
): Refusal | undefined {
  if (headers[":method"] !== "POST") return { kind: "http", status: 405 };
  if (!contentTypeForm.test(headers["content-type"] ?? "")) return { kind: "http", status: 415 };
  const path = headers[":path"] ?? "";
  if (!isMethod(path)) {
    const name = path.length <= MAX_PATH_IN_MESSAGE ? `the method ${path}` : "this method";
    const message = `The server does not implement ${name}`;
    return { kind: "grpc", code: StatusCode.UNIMPLEMENTED, message };
  }
  limitMetadata(headers);
  const timeout = headers["grpc-timeout"];
  if (timeout === undefined) return;
  const delay = parseTimeout(String(timeout));
  if (delay === undefined) {
    const message = `Invalid grpc-timeout value ${JSON.stringify(timeout)}`;
    return { kind: "grpc", code: StatusCode.INTERNAL, message };
  }
  if (delay > MAX_TIMER_MS) delete headers["grpc-timeout"];
}

/** Truncates binary metadata to `MAX_METADATA_VALUES` values of a key, because grpc-js decodes all values of each call. */
function limitMetadata(headers: IncomingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!name.endsWith("-bin") || typeof value !== "string") continue;
    const values = value.split(",", MAX_METADATA_VALUES + 1);
    if (values.length > MAX_METADATA_VALUES) {
      headers[name] = values.slice(0, MAX_METADATA_VALUES).join(",");
    }
  }
}

/** Sends a refusal, and discards the rest of the request. */
export function refuse(stream: ServerHttp2Stream, refusal: Refusal): void {
  const headers = refusal.kind === "http"
    ? { ":status": refusal.status, ...(refusal.status === 405 ? { allow: "POST" } : {}) }
    : {
      ":status": 200,
      "content-type": "application/grpc+proto",
      "grpc-status": refusal.code,
      "grpc-message": encodeStatusMessage(refusal.message),
      ...refusal.details && { [statusDetailsHeader]: refusal.details.toBase64() },
    };
  stream.on("error", () => {});
  stream.respond(headers, { endStream: true });
  stream.resume();
}
