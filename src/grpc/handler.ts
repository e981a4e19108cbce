/** Handlers of the four kinds of methods, and the context of their calls. @module */
import type { Caller } from "./caller.ts";
import type { Metadata } from "./metadata.ts";

/** A unit of work, which runs without interruption. */
export interface WorkUnit<T> {
  /** Name of a class of work that takes about the same time, such as signing with one type of key. */
  readonly costClass: string;
  run(): T;
}

/** A part of a handler's work. Times are in milliseconds since 1970. */
export interface CallPart {
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The call of a handler: request metadata, deadline and peer, and headers and trailers of the response. */
export interface CallContext {
  /** The full name of the method, as in `/signer.v1.EchoService/Echo`. */
  readonly method: string;
  /** Name of the client, such as `127.0.0.1:40422`. */
  readonly peer: string;
  /**
   * Name of the peer for which limits are counted, such as `ip:10.0.0.5`: its host, guest or user, or else the
   * connection.
   */
  readonly peerIdentity: string;
  /**
   * True when the peer's address is on this machine. Not to be used for authorization: a tunnel or relay on this
   * machine makes a remote client look local.
   */
  readonly peerIsLocal: boolean;
  /**
   * Identity of the caller: that of its connection. An interceptor that accepts a token replaces it by one with
   * the token's name.
   */
  caller: Caller;
  /** Metadata of the request. */
  readonly metadata: Metadata;
  /** Deadline in milliseconds since 1970; undefined without one. */
  readonly deadline: number | undefined;
  /** Aborted when the client cancels or disconnects, and when the deadline passes. */
  readonly signal: AbortSignal;
  /**
   * True when the last request message given to the handler was compressed. Always false on the reference
   * stack: grpc-js does not report it.
   */
  readonly requestCompressed: boolean;
  /**
   * Compresses the next response messages; false by default. Without effect when the client does not
   * accept gzip, and on the reference stack, which never compresses. Read at each message, but headers
   * announce the encoding: while it is false at the first message, no message is compressed. Not for
   * responses with both a secret and text of the client's choice: their length would reveal the secret.
   */
  compressResponse: boolean;
  /** Metadata of the response headers, which are sent with the first response message. */
  readonly responseHeaders: Metadata;
  /** Metadata of the trailers of a call that succeeds. */
  readonly responseTrailers: Metadata;
  /** The id of the call in logs, once there is one (`requestIdOf()` of `src/services`). */
  requestId?: string | undefined;
  /** The trace of the call, once the server has a span for it. */
  traceId?: string | undefined;
  /** Fields that the handler adds to the call's line in the log of requests, such as its key. */
  logFields?: Readonly<Record<string, string | undefined>> | undefined;
  /** Parts of the handler's work, which have spans of their own. */
  parts?: readonly CallPart[] | undefined;
  /**
   * Takes the memory of the last request message given to the handler, to transfer it to another thread. Fields of bytes
   * that are views of it must not be read here afterwards. Undefined when all of the message's bytes have memory of their
   * own, when it was compressed, and on the reference stack.
   */
  takeRequestMemory?(): ArrayBuffer | undefined;
  /** Gives memory of a unary call back, to be used again when the response is sent. The response may have views of it. */
  returnRequestMemory?(memory: ArrayBuffer): void;
  /**
   * Schedules long units of work with the work of other calls: connections take turns, and short work runs
   * before long work. For handlers with more than one such unit, and for streams. A unary handler is itself
   * scheduled before `handle` is called (`UnaryHandler.costClass`).
   *
   * @returns the result or the error of each unit
   * @throws {RpcError} RESOURCE_EXHAUSTED before the first unit, when not all can be done before the deadline
   *   or the queue is full; CANCELLED when the call ends meanwhile
   */
  runInTurn<T>(units: readonly WorkUnit<T>[]): Promise<readonly PromiseSettledResult<T>[]>;
}

/** A handler of one request and one response. A synchronous handler returns its response without a promise. */
export interface UnaryHandler<I, O> {
  readonly kind: "unary";
  /**
   * Handles a request. The bytes in it are valid until the call ends or the returned promise is settled, whichever is
   * later: their memory is used again. A handler that keeps them longer copies them.
   */
  handle(request: I, context: CallContext): O | Promise<O>;
  /**
   * Returns the cost class of a request: the name of a class of requests that take about the same time, such as
   * requests for one type of key. The stack measures each cost class, and runs short work before long work. Must be
   * fast; its errors are ignored. By default all requests of the method are one cost class.
   */
  costClass?: ((request: I, context: CallContext) => string) | undefined;
}

/** A handler of many requests and one response. */
export interface ClientStreamHandler<I, O> {
  readonly kind: "client-stream";
  handle(requests: AsyncIterable<I>, context: CallContext): Promise<O>;
}

/** A handler of one request and many responses. The next is drawn when flow control has room for it. */
export interface ServerStreamHandler<I, O> {
  readonly kind: "server-stream";
  handle(request: I, context: CallContext): AsyncIterable<O>;
}

/** A handler of many requests and many responses, in any order. */
export interface BidiHandler<I, O> {
  readonly kind: "bidi";
  handle(requests: AsyncIterable<I>, context: CallContext): AsyncIterable<O>;
}

/** A handler of a method's calls. Throws an `RpcError` to fail a call. */
export type Handler<I, O> =
  | UnaryHandler<I, O>
  | ClientStreamHandler<I, O>
  | ServerStreamHandler<I, O>
  | BidiHandler<I, O>;

/*
 * These functions return the union and not their own kind, so that TypeScript infers the types of messages
 * from the method. `implement` checks that the kind is that of the method.
 */

/** Makes a handler of a unary method. */
export function unary<I, O>(
  handle: UnaryHandler<I, O>["handle"],
  costClass?: UnaryHandler<I, O>["costClass"],
): Handler<I, O> {
  return { kind: "unary", handle, costClass };
}

/** Makes a handler of a client-streaming method. */
export function clientStream<I, O>(handle: ClientStreamHandler<I, O>["handle"]): Handler<I, O> {
  return { kind: "client-stream", handle };
}

/** Makes a handler of a server-streaming method. */
export function serverStream<I, O>(handle: ServerStreamHandler<I, O>["handle"]): Handler<I, O> {
  return { kind: "server-stream", handle };
}

/** Makes a handler of a bidirectional method. */
export function bidi<I, O>(handle: BidiHandler<I, O>["handle"]): Handler<I, O> {
  return { kind: "bidi", handle };
}
