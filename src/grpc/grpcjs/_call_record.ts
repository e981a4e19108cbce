/** Records of calls: their counts, and their lines in the log and in traces. @module */
import type { IncomingHttpHeaders } from "node:http2";
import { Metadata as GrpcMetadata } from "@grpc/grpc-js";
import { parseTraceparent, traceparentHeader } from "../../telemetry/mod.ts";
import {
  type Caller,
  type CallObserver,
  type Metadata,
  type MethodMeter,
  type ObservedContext,
  RpcError,
  type ServerMeter,
  StatusCode,
} from "../mod.ts";
import { fromGrpcMetadata } from "./_metadata.ts";

/** The facts about a connection that its calls use. */
export interface CalledConnection {
  /** The peer's name, such as `tcp://127.0.0.1:4242`. */
  readonly peer: string;
  /** `identityOf()` the peer. */
  readonly identity: string | undefined;
  readonly caller: Caller;
}

/** The counts and the observer of a method's calls. */
export interface MethodRecords {
  readonly isUnary: boolean;
  readonly meter: MethodMeter | undefined;
  readonly serverMeter: ServerMeter | undefined;
  readonly observer: CallObserver | undefined;
}

/**
 * The record of one call, from its request headers to its end. The end is observed once: when the handler ends, or when
 * the stream is closed before that, as by a refusal or a cancellation.
 */
export class CallRecord {
  readonly connection: CalledConnection;
  readonly #headers: IncomingHttpHeaders;
  readonly #records: MethodRecords;
  readonly #arrivedAt = performance.now();
  #waitedMs = 0;
  /** The handler's context, the time at which the handler was called, and the wait before that. */
  #handler: { context: ObservedContext; calledAt: number; waitedMs: number } | undefined;
  /** The status that was sent, and its message. */
  #sent: { status: StatusCode; message: string | undefined } | undefined;
  #isObserved = false;

  constructor(
    connection: CalledConnection,
    headers: IncomingHttpHeaders,
    records: MethodRecords,
  ) {
    this.connection = connection;
    this.#headers = headers;
    this.#records = records;
  }

  /** Adds the time for which the call, or work of it, has waited in the queue. */
  waited(ms: number): void {
    this.#waitedMs += ms;
    this.#records.meter?.waited(ms);
  }

  /** Records the start of the handler. */
  started(context: ObservedContext): void {
    this.#handler = { context, calledAt: performance.now(), waitedMs: this.#waitedMs };
  }

  /**
   * Records the end of the handler. A further end is ignored: a response that cannot be sent is an error after a success.
   *
   * @param error undefined for a call that has succeeded
   */
  ended(error?: unknown): void {
    if (this.#isObserved) return;
    const { isUnary, meter, serverMeter } = this.#records;
    if (error instanceof RpcError && error.limit !== undefined) serverMeter?.limit(error.limit);
    // grpc-js ends a call at its deadline, while its handler still runs.
    if (this.#sent !== undefined) return this.#observeSent();
    if (isUnary && error === undefined && this.#handler !== undefined) {
      const { context, calledAt, waitedMs } = this.#handler;
      const ms = performance.now() - calledAt - (this.#waitedMs - waitedMs);
      meter?.measured(Math.max(0, ms), sampledTrace(context));
    }
    this.#observe(...statusOf(error));
  }

  /** Records the status that is sent to the client, and its message, decoded. */
  sent(status: StatusCode, message: string | undefined): void {
    this.#sent = { status, message };
  }

  /** Records the end of the stream. */
  closed(): void {
    this.#records.meter?.ended(this.#sent?.status ?? StatusCode.CANCELLED);
    this.#observeSent();
  }

  #observeSent(): void {
    const { status, message } = this.#sent ?? { status: StatusCode.CANCELLED, message: undefined };
    this.#observe(status, message);
  }

  #observe(status: StatusCode, message: string | undefined): void {
    if (this.#isObserved) return;
    this.#isObserved = true;
    const { observer, isUnary } = this.#records;
    if (observer === undefined) return;
    const context = this.#handler?.context ?? new RefusedContext(this.connection, this.#headers);
    const totalUs = (performance.now() - this.#arrivedAt) * 1_000;
    const queueUs = Math.trunc(this.#waitedMs * 1_000);
    observer.ended(context, status, message, { isUnary, queueUs, totalUs, roughUs: totalUs });
  }
}

/** The context of a call that was refused before its handler. */
class RefusedContext implements ObservedContext {
  readonly method: string;
  readonly peer: string;
  readonly peerIdentity: string;
  readonly caller: Caller;
  traceId?: string;
  readonly #headers: IncomingHttpHeaders;
  #metadata: Metadata | undefined;

  constructor({ peer, identity, caller }: CalledConnection, headers: IncomingHttpHeaders) {
    this.method = headers[":path"] ?? "";
    this.peer = peer;
    this.peerIdentity = identity ?? peer;
    this.caller = caller;
    this.#headers = headers;
  }

  get metadata(): Metadata {
    return this.#metadata ??= fromGrpcMetadata(GrpcMetadata.fromHttp2Headers(this.#headers));
  }
}

function statusOf(error: unknown): [StatusCode, string | undefined] {
  if (error === undefined) return [StatusCode.OK, undefined];
  return error instanceof RpcError ? [error.code, error.message] : [StatusCode.INTERNAL, undefined];
}

/** Returns the trace of a call whose caller records it. */
function sampledTrace({ metadata }: ObservedContext): string | undefined {
  const context = parseTraceparent(metadata.get(traceparentHeader));
  return context?.sampled ? context.traceId : undefined;
}
