/** Spans of the calls of a server. @module */
import { ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import {
  type CallObserver,
  type CallTimes,
  formatCaller,
  type ObservedContext,
  StatusCode,
} from "../grpc/mod.ts";
import { contextOf, endSpan, integer, methodAttributes, spanName, tracer } from "./rpc_span.ts";

/** The statuses that are a fault of the server, and not of its caller, by the conventions. */
const serverErrors: ReadonlySet<StatusCode> = new Set([
  StatusCode.UNKNOWN,
  StatusCode.DEADLINE_EXCEEDED,
  StatusCode.UNIMPLEMENTED,
  StatusCode.INTERNAL,
  StatusCode.UNAVAILABLE,
  StatusCode.DATA_LOSS,
]);

/** Makes a span of each call when it has ended, with the times that the call had. */
export class ServerTraces implements CallObserver {
  readonly #tracer = tracer();

  ended(
    context: ObservedContext,
    status: StatusCode,
    message: string | undefined,
    { queueUs, totalUs }: CallTimes,
  ): void {
    const { method, caller, metadata, logFields = {}, parts = [] } = context;
    const endTime = Date.now();
    const span = this.#tracer.startSpan(spanName(method), {
      kind: SpanKind.SERVER,
      startTime: endTime - totalUs / 1_000,
      attributes: {
        ...methodAttributes(method),
        ...peerAttributes(context),
        "signer.caller": formatCaller(caller),
        "signer.queue_us": integer(queueUs),
        ...Object.fromEntries(
          Object.entries(logFields).flatMap(([name, value]) =>
            value === undefined ? [] : [[`signer.${name}`, value]]
          ),
        ),
      },
    }, contextOf(metadata));
    context.traceId = span.spanContext().traceId;
    const inSpan = trace.setSpan(ROOT_CONTEXT, span);
    for (const { name, startTime, endTime, attributes } of parts) {
      this.#tracer.startSpan(name, { startTime, attributes }, inSpan).end(endTime);
    }
    endSpan(span, status, message, serverErrors.has(status), endTime);
  }
}

function peerAttributes({ caller: { peer }, peer: name }: ObservedContext) {
  if (peer.transport !== "tcp") return { "network.peer.address": name };
  return {
    "network.transport": "tcp",
    "network.peer.address": peer.host,
    "network.peer.port": integer(peer.port),
  };
}
