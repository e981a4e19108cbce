/**
 * Checks of a request's headers that grpc-js 1.14.7 on Deno 2.9.6 does not make as grpc's PROTOCOL-HTTP2.md asks:
 * it answers a foreign content type by 200 (its constant for 415 is undefined in Deno), accepts a `grpc-timeout` with
 * anything around it, overflows at one over 24 days, and decodes any number of metadata values.
 *
 * @module
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { StatusCode } from "../mod.ts";

/** The answer to a request of which no call can come. */
export type Refusal =
  | { readonly kind: "http"; readonly status: 405 | 415 }
  | { readonly kind: "grpc"; readonly code: StatusCode; readonly message: string };

const contentTypeForm = /^application\/grpc($|[+;])/;
const timeoutForm = /^([0-9]{1,8})([HMSmun])$/;
const milliseconds = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** The longest delay of a timer, 24 days (setTimeout() of HTML). A longer timeout is none. */
const maxTimerDelay = 2 ** 31 - 1;

/** Values of one key of binary metadata that are decoded, as on the native stack. */
const maxValues = 64;

/** The longest path that an error repeats. A peer sends it in one octet when it is in the HPACK table. */
const maxPathInMessage = 256;

/**
 * Checks the headers of a request, and takes a timeout out of them that grpc-js cannot keep.
 *
 * @param isMethod tells the paths of the methods that are served
 */
export function checkRequest(
  headers: IncomingHttpHeaders,
  isMethod: (path: string) => boolean,
): Refusal | undefined {
  if (headers[":method"] !== "POST") return { kind: "http", status: 405 };
  if (!contentTypeForm.test(headers["content-type"] ?? "")) return { kind: "http", status: 415 };
  const path = headers[":path"] ?? "";
  if (!isMethod(path)) {
    const name = path.length <= maxPathInMessage ? `the method ${path}` : "this method";
    const message = `The server does not implement ${name}`;
    return { kind: "grpc", code: StatusCode.UNIMPLEMENTED, message };
  }
  limitMetadata(headers);
  const timeout = headers["grpc-timeout"];
  if (timeout === undefined) return;
  const delay = parseTimeout(timeout);
  if (delay === undefined) {
    const message = `Invalid grpc-timeout value ${JSON.stringify(timeout)}`;
    return { kind: "grpc", code: StatusCode.INTERNAL, message };
  }
  if (delay > maxTimerDelay) delete headers["grpc-timeout"];
}

/** The milliseconds of a `grpc-timeout`, or undefined when it is not one. */
export function parseTimeout(value: string | string[] | undefined): number | undefined {
  const [, count, unit] = timeoutForm.exec(String(value)) ?? [];
  if (count === undefined) return undefined;
  return Number(count) * milliseconds[unit as keyof typeof milliseconds];
}

/** Cuts binary metadata off after `maxValues` values of a key: grpc-js decodes each, asked for or not. */
function limitMetadata(headers: IncomingHttpHeaders): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!name.endsWith("-bin") || typeof value !== "string") continue;
    const values = value.split(",", maxValues + 1);
    if (values.length > maxValues) headers[name] = values.slice(0, maxValues).join(",");
  }
}

/** Answers a request that is refused. The rest of it is dropped. */
export function refuse(stream: ServerHttp2Stream, refusal: Refusal): void {
  const headers = refusal.kind === "http"
    ? { ":status": refusal.status, ...(refusal.status === 405 ? { allow: "POST" } : {}) }
    : {
      ":status": 200,
      "content-type": "application/grpc+proto",
      "grpc-status": refusal.code,
      "grpc-message": encodeURI(refusal.message),
    };
  stream.on("error", () => {});
  stream.respond(headers, { endStream: true });
  stream.resume();
}
