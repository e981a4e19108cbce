/**
 * Spans of calls, by OpenTelemetry's conventions for gRPC (https://opentelemetry.io/docs/specs/semconv/rpc/grpc/).
 *
 * @module
 */
import {
  type Attributes,
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import { type Metadata, StatusCode } from "../grpc/mod.ts";
import { parseTraceparent, traceparentHeader } from "../telemetry/mod.ts";

export const tracestateHeader = "tracestate";

/** The longest `tracestate` that has to be passed on (W3C Trace Context, section 3.3.1.5). */
const MAX_TRACESTATE = 512;

/** The longest name of a method. That of a call that is refused is the peer's text. */
const MAX_METHOD = 128;

/** The tracer of all spans. */
export function tracer() {
  return trace.getTracer("signer");
}

/** Returns the name of the span of a method, `package.Service/Method`. */
export function spanName(path: string): string {
  return path.slice(1, 1 + MAX_METHOD);
}

/**
 * Returns a whole number as an attribute of an integer type, which the conventions ask for. Deno 2.9 exports a number as
 * a double and a bigint as an integer; the API has no type for bigints.
 */
export function integer(value: number): number {
  return BigInt(Math.round(value)) as unknown as number;
}

/** Returns the attributes of a method. */
export function methodAttributes(path: string): Attributes {
  const [service, method = ""] = spanName(path).split("/", 2);
  return { "rpc.system": "grpc", "rpc.service": service, "rpc.method": method };
}

/** Records the status of a call, which is an error of the span if `isError`. */
export function endSpan(
  span: Span,
  code: StatusCode,
  message: string | undefined,
  isError: boolean,
  endTime?: number,
): void {
  span.setAttribute("rpc.grpc.status_code", integer(code));
  if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: message ?? "" });
  span.end(endTime);
}

/** Returns the context of a caller's span from the headers of a request, or the empty context. */
export function contextOf(metadata: Pick<Metadata, "get">): Context {
  const caller = parseTraceparent(metadata.get(traceparentHeader));
  if (caller === undefined) return ROOT_CONTEXT;
  const state = metadata.get(tracestateHeader);
  const isState = typeof state === "string" && state.length <= MAX_TRACESTATE;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: caller.traceId,
    spanId: caller.spanId,
    traceFlags: caller.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(isState ? { traceState: createTraceState(state) } : {}),
  });
}
