import type { HeaderList } from "../../../http2/mod.ts";
import { type Metadata, RpcError, type StatusName } from "../../mod.ts";
import { acceptsGzip, headerNames, isGrpcContentType, metadataOf, parseTimeout } from "../mod.ts";
import type { Method, Methods } from "./_methods.ts";
import { statusFields } from "./_responses.ts";

/** What a request's headers come to. */
export type Routing =
  | { readonly kind: "call"; readonly method: Method }
  /** No gRPC: answered by an HTTP status. */
  | { readonly kind: "not-grpc"; readonly status: 405 | 415 }
  /** gRPC, but no call can come of it. */
  | { readonly kind: "refused"; readonly fields: readonly string[] };

/** Characters of a peer's text that are repeated in a status message: enough for any method's path. */
const MAX_QUOTED = 128;

/** What a server makes of a request's headers: once for all requests that repeat them. */
export class RequestHead {
  readonly routing: Routing;
  /** Milliseconds that the caller waits; `Infinity` when it does so for ever. */
  readonly timeout: number;
  /** The value of `grpc-encoding`. */
  readonly encoding: string | undefined;
  /** Bytes of the header list, without its fields' overhead. */
  readonly size: number;
  readonly #headers: HeaderList;
  #metadata: Metadata | undefined;
  #acceptsGzip: boolean | undefined;

  constructor(headers: HeaderList, methods: Methods) {
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

  /** Whether the caller takes responses compressed with gzip. */
  get acceptsGzip(): boolean {
    return this.#acceptsGzip ??= this.#headers.fields.some(({ name, value }) =>
      name === headerNames.acceptEncoding && acceptsGzip(value)
    );
  }

  /** The head of a request, kept with its headers. */
  static of(headers: HeaderList, methods: Methods): RequestHead {
    return (headers.derived ??= new RequestHead(headers, methods)) as RequestHead;
  }
}

function sizeOf({ path, authority, fields }: HeaderList): number {
  let size = path.length + authority.length;
  for (const { name, value } of fields) size += name.length + value.length;
  return size;
}

function route(headers: HeaderList, methods: Methods, badTimeout: boolean): Routing {
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
  return { kind: "refused", fields: statusFields(new RpcError(code, message)) };
}

/**
 * Shortens text of a peer for a status message. A path of 4 KB in the HPACK table costs a peer one octet
 * a request, and would be repeated in every answer.
 */
function quote(text: string): string {
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}...`;
}
