/** The headers of a request. @module */
import type { HeaderList } from "../../../http2/mod.ts";
import { parseTraceparent, type TraceContext, traceparentHeader } from "../../../telemetry/mod.ts";
import { type Metadata, parseTimeout, RpcError, StatusCode, type StatusName } from "../../mod.ts";
import { acceptsGzip, headerNames, isGrpcContentType, metadataOf } from "../mod.ts";
import type { Method, MethodTable } from "./_methods.ts";
import { statusFields } from "./_responses.ts";

/** The outcome of a request's headers. */
export type Routing =
  | { readonly kind: "call"; readonly method: Method }
  /** Not a gRPC request: answered by an HTTP status. */
  | { readonly kind: "not-grpc"; readonly status: 405 | 415 }
  /** A gRPC request that is refused with a status. */
  | {
    readonly kind: "refused";
    readonly code: StatusCode;
    readonly message: string;
    readonly fields: readonly string[];
  };

/** The most characters of a peer's text in a status message: enough for any method's path. */
const MAX_QUOTED = 128;

/** Parsed headers of a request. Requests with equal headers share one. */
export class RequestHead {
  readonly routing: Routing;
  /** Timeout in milliseconds; `Infinity` for none. */
  readonly timeout: number;
  /** The value of `grpc-encoding`. */
  readonly encoding: string | undefined;
  /** Bytes of the header list, without its fields' overhead. */
  readonly size: number;
  readonly #headers: HeaderList;
  #metadata: Metadata | undefined;
  #acceptsGzip: boolean | undefined;
  #context: TraceContext | null | undefined;

  constructor(headers: HeaderList, methods: MethodTable) {
    this.#headers = headers;
    const timeout = headers.get(headerNames.timeout);
    this.timeout = timeout === undefined ? Infinity : parseTimeout(timeout) ?? NaN;
    this.encoding = headers.get(headerNames.encoding);
    this.size = sizeOf(headers);
    this.routing = route(headers, methods, Number.isNaN(this.timeout));
  }

  /** The caller's metadata, shared by all calls with the same headers. */
  get metadata(): Metadata {
    return this.#metadata ??= metadataOf(this.#headers.fields);
  }

  /** The trace id of the caller's span, if the caller records it. */
  get sampledTrace(): string | undefined {
    if (this.#context === undefined) {
      this.#context = parseTraceparent(this.#headers.get(traceparentHeader)) ?? null;
    }
    return this.#context?.sampled ? this.#context.traceId : undefined;
  }

  /** True when the caller accepts responses compressed with gzip. */
  get acceptsGzip(): boolean {
    return this.#acceptsGzip ??= this.#headers.fields.some(({ name, value }) =>
      name === headerNames.acceptEncoding && acceptsGzip(value)
    );
  }

  /** Returns the head of a request, which is cached with its headers. */
  static of(headers: HeaderList, methods: MethodTable): RequestHead {
    return (headers.derived ??= new RequestHead(headers, methods)) as RequestHead;
  }
}

function sizeOf({ path, authority, fields }: HeaderList): number {
  let size = path.length + authority.length;
  for (const { name, value } of fields) size += name.length + value.length;
  return size;
}

function route(headers: HeaderList, methods: MethodTable, badTimeout: boolean): Routing {
  if (headers.method !== "POST") return { kind: "not-grpc", status: 405 };
  if (!isGrpcContentType(headers.get(headerNames.contentType))) {
    return { kind: "not-grpc", status: 415 };
  }
  const method = methods.get(headers.path);
  if (method === undefined) {
    return refused(
      "UNIMPLEMENTED",
      `The server does not implement the method ${quote(headers.path)}`,
    );
  }
  if (badTimeout) {
    const value = quote(headers.get(headerNames.timeout)!);
    return refused("INTERNAL", `Invalid ${headerNames.timeout} value "${value}"`);
  }
  return { kind: "call", method };
}

function refused(code: StatusName, message: string): Routing {
  return {
    kind: "refused",
    code: StatusCode[code],
    message,
    fields: statusFields(new RpcError(code, message)),
  };
}

/**
 * Truncates text of a peer for a status message. A path of 4 KB in the HPACK table costs a peer one octet per request,
 * and would be repeated in every response.
 */
function quote(text: string): string {
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}...`;
}
