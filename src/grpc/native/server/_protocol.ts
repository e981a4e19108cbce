/** The mapping of HTTP/2 events to gRPC calls. @module */
import {
  type ConnectionHandler,
  type HeaderList,
  type Http2Error,
  type Http2Stream,
  type ResetOrigin,
  StreamState,
} from "../../../http2/mod.ts";
import { loadCompression } from "../mod.ts";
import type { Call } from "./_call.ts";
import type { CallConnection } from "./_call_connection.ts";
import type { MethodTable } from "./_methods.ts";
import { RequestHead, type Routing } from "./_request_head.ts";
import { notGrpcHeaders, trailersOnlyHeaders } from "./_responses.ts";
import { StreamingCall } from "./_streaming_call.ts";
import type { Thread } from "./_thread.ts";
import { UnaryCall } from "./_unary_call.ts";

/** The connection that owns a `Protocol`. */
export interface ConnectionOwner extends CallConnection {
  /** Called for each PING of the peer. */
  onPing(): void;
  /** Called when the output is full within a message: to send at once. */
  onFull(): void;
  /** Called when a stream was reset because the peer did not read it. */
  onStall(): void;
  /** Called when HTTP/2 has ended. Output may still wait to be sent. */
  onEnd(error: Http2Error | undefined): void;
}

/** The times of a call that is refused by its headers. */
const NO_TIMES = { isUnary: true, queueUs: 0, totalUs: 0, roughUs: 0 } as const;

/** gRPC over HTTP/2 (grpc's PROTOCOL-HTTP2.md): maps the events of a connection to calls. */
export class Protocol implements ConnectionHandler<Call> {
  readonly #methods: MethodTable;
  readonly #thread: Thread;
  readonly #owner: ConnectionOwner;

  constructor(methods: MethodTable, thread: Thread, owner: ConnectionOwner) {
    this.#methods = methods;
    this.#thread = thread;
    this.#owner = owner;
  }

  onHeaders(stream: Http2Stream<Call>, headers: HeaderList, endStream: boolean): void {
    const head = RequestHead.of(headers, this.#methods);
    const { routing } = head;
    if (routing.kind !== "call") {
      if (routing.kind === "refused") {
        this.#thread.unknownMethod?.ended(routing.code);
        this.#observeRefusal(head, headers.path, routing);
      }
      return refuse(stream, routing);
    }
    if (head.encoding !== undefined) {
      loadCompression(head.encoding);
      if (stream.state === StreamState.CLOSED) return;
    }
    const { method } = routing;
    const call = method.handler.kind === "unary"
      ? new UnaryCall(stream, this.#owner, this.#thread, head, method)
      : new StreamingCall(stream, this.#owner, this.#thread, head, method);
    stream.user = call;
    if (head.timeout <= 0) return call.onDeadline();
    if (head.timeout !== Infinity) this.#thread.watchDeadline(call);
    call.start();
    if (endStream) call.receiveEnd();
  }

  #observeRefusal(
    { metadata }: RequestHead,
    method: string,
    { code, message }: Extract<Routing, { kind: "refused" }>,
  ): void {
    const { observer } = this.#thread;
    if (observer === undefined) return;
    const { peer, identity, caller } = this.#owner;
    const context = { method, peer, peerIdentity: identity ?? peer, caller, metadata };
    observer.ended(context, code, message, NO_TIMES);
  }

  onData(
    stream: Http2Stream<Call>,
    bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void {
    const call = stream.user;
    if (call === undefined) return stream.consume(end - start);
    call.receive(bytes, start, end, endStream);
  }

  onTrailers(stream: Http2Stream<Call>): void {
    stream.user?.receiveEnd();
  }

  onReset(stream: Http2Stream<Call>, _errorCode: number, origin: ResetOrigin): void {
    stream.user?.leave();
    if (origin === "stalled") this.#owner.onStall();
  }

  onStreamClosed(stream: Http2Stream<Call>): void {
    stream.user?.leave();
  }

  onWritable(stream: Http2Stream<Call>): void {
    stream.user?.writable();
  }

  onFull(): void {
    this.#owner.onFull();
  }

  onSettings(): void {}

  onPing(): void {
    this.#owner.onPing();
  }

  onGoaway(): void {}

  onEnd(_connection: unknown, error: Http2Error | undefined): void {
    this.#owner.onEnd(error);
  }
}

/** Answers a request that is refused before it becomes a call. */
function refuse(
  stream: Http2Stream<Call>,
  routing: Exclude<RequestHead["routing"], { kind: "call" }>,
): void {
  if (routing.kind === "not-grpc") stream.sendHeaders(notGrpcHeaders[routing.status], [], true);
  else stream.sendHeaders(trailersOnlyHeaders, routing.fields, true);
  // The rest of the request is not wanted (RFC 9113 section 8.1).
  stream.stopPeer();
}
