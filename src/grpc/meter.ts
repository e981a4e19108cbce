/** Counts of a server's calls and connections, without a place where they are kept. @module */
import type { CallContext } from "./handler.ts";
import { RpcError } from "./errors.ts";
import type { AnyHandler, Service } from "./service.ts";
import { StatusCode } from "./status.ts";

/** Counts the calls of one method. */
export interface MethodMeter {
  /** Counts a call that has ended. */
  ended(status: StatusCode): void;
  /** Records the processing time of a call, in milliseconds. */
  measured(ms: number): void;
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
}

/** Returns the service with each call counted, for a stack that does not count calls itself. */
export function metered(service: Service, meter: ServerMeter): Service {
  const handlers = Object.entries(service.handlers).map(([name, handler]) => [
    name,
    meteredHandler(handler, meter.method(service.definition[name].path)),
  ]);
  return { ...service, handlers: Object.fromEntries(handlers) };
}

function meteredHandler(handler: AnyHandler, meter: MethodMeter): AnyHandler {
  switch (handler.kind) {
    case "unary":
      return {
        kind: handler.kind,
        costClass: handler.costClass,
        async handle(request, context) {
          const began = performance.now();
          try {
            const response = await handler.handle(request, context);
            meter.measured(performance.now() - began);
            meter.ended(StatusCode.OK);
            return response;
          } catch (error) {
            meter.ended(statusOf(error));
            throw error;
          }
        },
      };
    case "client-stream":
      return {
        kind: handler.kind,
        async handle(requests, context) {
          try {
            const response = await handler.handle(requests, context);
            meter.ended(StatusCode.OK);
            return response;
          } catch (error) {
            meter.ended(statusOf(error));
            throw error;
          }
        },
      };
    case "server-stream":
    case "bidi":
      return {
        kind: handler.kind,
        async *handle(request: never, context: CallContext) {
          // Stays when the stack returns the iterator early, because the client has cancelled.
          let status: StatusCode = StatusCode.CANCELLED;
          try {
            yield* handler.handle(request, context);
            status = StatusCode.OK;
          } catch (error) {
            status = statusOf(error);
            throw error;
          } finally {
            meter.ended(status);
          }
        },
      } as AnyHandler;
  }
}

function statusOf(error: unknown): StatusCode {
  return error instanceof RpcError ? error.code : StatusCode.INTERNAL;
}
