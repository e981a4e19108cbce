/** Counts of a server's calls and connections, without a place where they are kept. @module */
import type { CallContext } from "./handler.ts";
import { RpcError } from "./errors.ts";
import type { CallObserver } from "./observer.ts";
import type { AnyHandler, Service } from "./service.ts";
import { StatusCode } from "./status.ts";

/** Counts the calls of one method. */
export interface MethodMeter {
  /** Counts a call that has ended. */
  ended(status: StatusCode): void;
  /**
   * Records the processing time of a call, in milliseconds.
   *
   * @param traceId the trace of the call, if its caller records it
   */
  measured(ms: number, traceId?: string): void;
  /** Records the time for which work of a call has waited in the queue, in milliseconds. */
  waited(ms: number): void;
  /** Records a call whose time was not measured. Such calls take `meanMs` milliseconds on average. */
  estimated(meanMs: number): void;
}

/** Counts the calls and connections of one thread of a server. */
export interface ServerMeter {
  /** Returns the meter of a method; undefined is for calls of methods that the server does not have. */
  method(path: string | undefined): MethodMeter;
  /** Counts a connection that opens (1) or closes (-1). */
  connection(transport: string, change: 1 | -1): void;
  /** Sets the number of open streams of all connections of a transport. */
  streams(transport: string, count: number): void;
  /** Counts bytes of HTTP/2 that were received and sent. */
  bytes(transport: string, received: number, sent: number): void;
  /** Counts a limit that a peer has reached, once or more, by its name in `ServerLimits` or in those of HTTP/2. */
  limit(name: string, count?: number): void;
  /** Records how many milliseconds late the thread's timer of a second was; undefined when the timer stops. */
  lag(ms: number | undefined): void;
}

/** Returns the service with each call counted and observed, for a stack that does neither itself. */
export function metered(
  service: Service,
  meter: ServerMeter | undefined,
  observer: CallObserver | undefined,
): Service {
  if (meter === undefined && observer === undefined) return service;
  const handlers = Object.entries(service.handlers).map(([name, handler]) => [
    name,
    meteredHandler(handler, meter?.method(service.definition[name].path), meter, observer),
  ]);
  return { ...service, handlers: Object.fromEntries(handlers) };
}

function meteredHandler(
  handler: AnyHandler,
  meter: MethodMeter | undefined,
  serverMeter: ServerMeter | undefined,
  observer: CallObserver | undefined,
): AnyHandler {
  const isUnary = handler.kind === "unary";
  /** Counts a call that has ended: with an error, with OK when it is `OK`. */
  const end = (context: CallContext, began: number, error: unknown) => {
    const { code, message } = error instanceof RpcError
      ? error
      : { code: error === OK ? StatusCode.OK : StatusCode.INTERNAL, message: undefined };
    const ms = performance.now() - began;
    if (isUnary && code === StatusCode.OK) meter?.measured(ms);
    meter?.ended(code);
    if (error instanceof RpcError && error.limit !== undefined) serverMeter?.limit(error.limit);
    const totalUs = ms * 1_000;
    observer?.ended(context, code, message, { isUnary, queueUs: 0, totalUs, roughUs: totalUs });
  };
  switch (handler.kind) {
    case "unary":
    case "client-stream":
      return {
        ...handler,
        async handle(request: never, context: CallContext) {
          const began = performance.now();
          try {
            const response = await handler.handle(request, context);
            end(context, began, OK);
            return response;
          } catch (error) {
            end(context, began, error);
            throw error;
          }
        },
      } as AnyHandler;
    case "server-stream":
    case "bidi":
      return {
        kind: handler.kind,
        async *handle(request: never, context: CallContext) {
          const began = performance.now();
          // Stays when the stack returns the iterator early, because the client has cancelled.
          let outcome: unknown = new RpcError("CANCELLED", "The client has cancelled the call");
          try {
            yield* handler.handle(request, context);
            outcome = OK;
          } catch (error) {
            outcome = error;
            throw error;
          } finally {
            end(context, began, outcome);
          }
        },
      } as AnyHandler;
  }
}

/** The outcome of a call that succeeded. */
const OK = Symbol("OK");
