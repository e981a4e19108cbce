/** A receiver of OTLP over HTTP, for spans in either encoding (OpenTelemetry Protocol, OTLP/HTTP). @module */
import protobuf from "protobufjs";

/** A span as OTLP's JSON has it (opentelemetry-proto, trace.proto). */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** 2 for a server, 3 for a client. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: Record<string, string | number> }[];
  readonly status?: { readonly code?: number };
}

/** The fields of trace.proto, resource.proto and common.proto that the tests look at, by their numbers there. */
const messages = protobuf.parse(`
  syntax = "proto3";
  message TracesData { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1;
    bytes span_id = 2;
    bytes parent_span_id = 4;
    string name = 5;
    int32 kind = 6;
    fixed64 start_time_unix_nano = 7;
    fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9;
    Status status = 15;
  }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; }
  }
`).root.lookupType("TracesData");

interface TracesData {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes: Span["attributes"] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

/** A receiver on a free port of 127.0.0.1. */
export class Receiver implements AsyncDisposable {
  readonly spans: Span[] = [];
  /** The attributes of the resources that have sent spans. */
  readonly resources: Span["attributes"][] = [];
  /** The content types of the requests. */
  readonly contentTypes = new Set<string | null>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #protocol: string | undefined;

  /** @param protocol the value of OTEL_EXPORTER_OTLP_PROTOCOL; undefined for the exporter's default */
  constructor(protocol?: "http/json") {
    this.#protocol = protocol;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const type = request.headers.get("content-type");
        const body = await request.bytes();
        if (new URL(request.url).pathname === "/v1/traces") {
          this.contentTypes.add(type);
          this.#take(type === "application/json" ? JSON.parse(textOf(body)) : decode(body));
        }
        return new Response(type === "application/json" ? "{}" : null, {
          headers: { "content-type": type ?? "" },
        });
      },
    );
  }

  /** The standard variables of an exporter to this receiver. */
  get env(): Record<string, string> {
    return {
      OTEL_DENO: "true",
      ...(this.#protocol === undefined ? {} : { OTEL_EXPORTER_OTLP_PROTOCOL: this.#protocol }),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_SERVICE_NAME: "signer",
    };
  }

  #take({ resourceSpans }: TracesData): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resources.push(resource?.attributes ?? []);
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Decodes the body of a request in protobuf to the form of OTLP's JSON, which has ids in hexadecimal. */
function decode(body: Uint8Array): TracesData {
  const data = messages.toObject(messages.decode(body), { longs: String, arrays: true });
  for (const { scopeSpans } of data.resourceSpans) {
    for (const span of scopeSpans.flatMap(({ spans }: { spans: object[] }) => spans)) {
      for (const id of ["traceId", "spanId", "parentSpanId"]) {
        span[id] = new Uint8Array(span[id] ?? []).toHex();
      }
    }
  }
  return data as TracesData;
}

/** Returns the value of an attribute. */
export function attribute(
  { attributes }: Pick<Span, "attributes">,
  name: string,
): string | number | undefined {
  const value = attributes.find(({ key }) => key === name)?.value;
  return value && Object.values(value)[0];
}
