import type { Metadata } from "./metadata.ts";

/** A unit of work: it runs to its end at a stretch. */
export interface WorkUnit<T> {
  /** Name of work that takes alike long each time, such as signing with one type of key. */
  readonly workload: string;
  run(): T;
}

/** What a handler knows of its call, and what it may say beside its answer. */
export interface CallContext {
  /** The full name of the method, as in `/signer.v1.EchoService/Echo`. */
  readonly method: string;
  /** Who calls, such as `127.0.0.1:40422`. */
  readonly peer: string;
  /**
   * Name of the peer for which limits are counted, such as `ip:10.0.0.5`: its host, guest or user, or else the
   * connection.
   */
  readonly peerIdentity: string;
  /**
   * Whether the peer is on this machine, by its address. A tunnel or a relay on this machine makes a caller
   * from elsewhere look local, so this is no ground for authority.
   */
  readonly peerIsLocal: boolean;
  /** What the caller sent. */
  readonly metadata: Metadata;
  /** When the caller stops waiting, in milliseconds since 1970; undefined when it waits for ever. */
  readonly deadline: number | undefined;
  /** Aborted when the caller cancels or leaves, or the deadline passes. */
  readonly signal: AbortSignal;
  /**
   * Whether the last request message that was handed out came compressed. The reference stack cannot
   * tell: always false there.
   */
  readonly requestCompressed: boolean;
  /**
   * Compresses the next messages of the answer; false unless set. It is a wish: the caller has to accept
   * gzip, and the reference stack never compresses. Read at each message, but the headers name the
   * encoding: where it is false at the first message, none is compressed. Not for answers with a secret
   * beside what the caller chose: their length would tell of it.
   */
  compressResponse: boolean;
  /** Sent before the first message of the answer: set it before that. */
  readonly responseHeaders: Metadata;
  /** Sent after the last message of an answer that succeeds. */
  readonly responseTrailers: Metadata;
  /**
   * Runs units of work that take long, one by one, in turns with the work of other calls: connections take turns,
   * and cheap work goes before dear. To be used by handlers that do more than one such unit, and by those of
   * streams; a unary handler's own work has its turn before `handle` is called (`UnaryHandler.workload`).
   *
   * @returns the result or the error of each unit
   * @throws {RpcError} RESOURCE_EXHAUSTED before any of it is done, when all of it cannot be done before the
   *   deadline, or too much waits already; CANCELLED when the call ends meanwhile
   */
  runInTurn<T>(units: readonly WorkUnit<T>[]): Promise<readonly PromiseSettledResult<T>[]>;
}

/** One request, one response. A handler that needs not wait answers at once, without a promise. */
export interface UnaryHandler<I, O> {
  readonly kind: "unary";
  handle(request: I, context: CallContext): O | Promise<O>;
  /**
   * Names the workload of a request: requests that take alike long, such as those for one type of key. The stack
   * measures each, and lets long work wait for its turn behind short work. Must itself be cheap; errors that it
   * throws are ignored. Without it all requests of the method are one workload.
   */
  workload?(request: I): string;
}

/** Many requests, one response. */
export interface ClientStreamHandler<I, O> {
  readonly kind: "client-stream";
  handle(requests: AsyncIterable<I>, context: CallContext): Promise<O>;
}

/** One request, many responses. The next is asked for when the peer has room for it. */
export interface ServerStreamHandler<I, O> {
  readonly kind: "server-stream";
  handle(request: I, context: CallContext): AsyncIterable<O>;
}

/** Many requests, many responses, in whichever order the handler takes and gives them. */
export interface BidiHandler<I, O> {
  readonly kind: "bidi";
  handle(requests: AsyncIterable<I>, context: CallContext): AsyncIterable<O>;
}

/** What answers the calls of a method. It ends a call in error by throwing an `RpcError`. */
export type Handler<I, O> =
  | UnaryHandler<I, O>
  | ClientStreamHandler<I, O>
  | ServerStreamHandler<I, O>
  | BidiHandler<I, O>;

/*
 * Each of these gives the union, not its own kind: so TypeScript infers the types of the messages from the
 * method that the handler is for. That the kind is the method's, `implement` checks.
 */

export function unary<I, O>(
  handle: UnaryHandler<I, O>["handle"],
  workload?: UnaryHandler<I, O>["workload"],
): Handler<I, O> {
  return { kind: "unary", handle, workload };
}

export function clientStream<I, O>(handle: ClientStreamHandler<I, O>["handle"]): Handler<I, O> {
  return { kind: "client-stream", handle };
}

export function serverStream<I, O>(handle: ServerStreamHandler<I, O>["handle"]): Handler<I, O> {
  return { kind: "server-stream", handle };
}

export function bidi<I, O>(handle: BidiHandler<I, O>["handle"]): Handler<I, O> {
  return { kind: "bidi", handle };
}
