/** Spans of the calls of a client. @module */
import { type Attributes, type Context, type Span, SpanKind, TraceFlags } from "@opentelemetry/api";
import {
  type AnyMethod,
  type CallOptions,
  type ClientCall,
  Metadata,
  type RpcChannel,
  RpcError,
  StatusCode,
} from "../grpc/mod.ts";
import { formatTraceparent, traceparentHeader } from "../telemetry/mod.ts";
import {
  contextOf,
  endSpan,
  integer,
  methodAttributes,
  spanName,
  tracer,
  tracestateHeader,
} from "./rpc_span.ts";

/** A channel that makes a span of each call, and sends its context to the server. */
export class TracedChannel implements RpcChannel {
  readonly #channel: RpcChannel;
  readonly #parent: Context;

  /** @param traceparent the span that those of the calls are children of */
  constructor(channel: RpcChannel, traceparent: string | undefined) {
    this.#channel = channel;
    this.#parent = contextOf({
      get: (name) => name === traceparentHeader ? traceparent : undefined,
    });
  }

  connect(deadline: number): Promise<void> {
    return this.#channel.connect(deadline);
  }

  call<I, O>(
    method: AnyMethod,
    requests: Iterable<I> | AsyncIterable<I>,
    options: CallOptions = {},
  ): ClientCall<O> {
    const span = tracer().startSpan(spanName(method.path), {
      kind: SpanKind.CLIENT,
      attributes: methodAttributes(method.path),
    }, this.#parent);
    const metadata = new Metadata(options.metadata ?? []);
    for (const [name, value] of headersOf(span)) {
      // The caller of this channel may have set its own.
      if (metadata.get(name) === undefined) metadata.set(name, value);
    }
    const call = this.#channel.call<I, O>(method, requests, { ...options, metadata });
    return {
      headers: call.headers,
      trailers: call.trailers,
      responses: observed(call, span),
      peer: () => call.peer(),
      ...(call.security === undefined ? {} : { security: () => call.security!() }),
    };
  }

  [Symbol.dispose](): void {
    this.#channel[Symbol.dispose]();
  }
}

function headersOf(span: Span): [string, string][] {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  const state = traceState?.serialize() ?? "";
  return [
    [traceparentHeader, formatTraceparent({ traceId, spanId, sampled })],
    ...(state === "" ? [] : [[tracestateHeader, state] as [string, string]]),
  ];
}

/** Returns the attributes of a server's name, such as `tcp://127.0.0.1:50051` or `unix:/run/signer.sock`. */
function serverAttributes(name: string): Attributes {
  const [, host, port] = /^(?:tcp:\/\/)?\[?([^/]+?)\]?:(\d+)$/.exec(name) ?? [];
  if (host === undefined) return { "server.address": name };
  return {
    "server.address": host,
    "server.port": integer(Number(port)),
    "network.transport": "tcp",
  };
}

/** Yields the responses of a call, and ends its span with them. */
async function* observed<O>(call: ClientCall<O>, span: Span): AsyncGenerator<O> {
  // Stays when the consumer leaves early, which cancels the call.
  let code: StatusCode = StatusCode.CANCELLED;
  let message: string | undefined;
  try {
    yield* call.responses;
    code = StatusCode.OK;
  } catch (error) {
    ({ code, message } = error instanceof RpcError
      ? error
      : { code: StatusCode.UNKNOWN, message: undefined });
    throw error;
  } finally {
    span.setAttributes(serverAttributes(call.peer()));
    endSpan(span, code, message, code !== StatusCode.OK);
  }
}
