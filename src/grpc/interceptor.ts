/** Interceptors of services. @module */
import type { CallContext } from "./handler.ts";
import { Metadata } from "./metadata.ts";
import type { AnyHandler, Service } from "./service.ts";

/** Code that runs around every call of a service. */
export interface Interceptor {
  /** Headers of every response. A stack prepares them once, while those of a `CallContext` cost each call. */
  readonly responseHeaders?: Metadata;
  /** Runs before the handler, which waits for a promise. An error that it throws fails the call. */
  readonly before?: (context: CallContext) => void | Promise<void>;
  /** Maps an error of `before` or of the handler to the error that the client receives. */
  readonly onError?: (error: unknown, context: CallContext) => unknown;
}

/** Returns the service with interceptors around each handler, the first one outermost. */
export function intercept(service: Service, ...interceptors: readonly Interceptor[]): Service {
  const handlers = Object.entries(service.handlers).map(([name, handler]) => [
    name,
    interceptors.reduceRight(interceptHandler, handler),
  ]);
  const headers = [service, ...interceptors].flatMap(({ responseHeaders = [] }) => [
    ...responseHeaders,
  ]);
  return {
    definition: service.definition,
    handlers: Object.fromEntries(handlers),
    responseHeaders: new Metadata(headers),
  };
}

function interceptHandler(handler: AnyHandler, { before, onError }: Interceptor): AnyHandler {
  const map = (error: unknown, context: CallContext) => onError ? onError(error, context) : error;
  switch (handler.kind) {
    case "unary":
      return {
        kind: handler.kind,
        costClass: handler.costClass,
        // Not an async function, so that a synchronous response costs no promise.
        handle(request, context) {
          try {
            const ready = before?.(context);
            const answer = ready === undefined
              ? handler.handle(request, context)
              : ready.then(() => handler.handle(request, context));
            if (!(answer instanceof Promise)) return answer;
            return answer.catch((error) => {
              throw map(error, context);
            });
          } catch (error) {
            throw map(error, context);
          }
        },
      };
    case "client-stream":
      return {
        kind: handler.kind,
        async handle(requests, context) {
          try {
            await before?.(context);
            return await handler.handle(requests, context);
          } catch (error) {
            throw map(error, context);
          }
        },
      };
    case "server-stream":
    case "bidi":
      return {
        kind: handler.kind,
        async *handle(request: never, context: CallContext) {
          try {
            await before?.(context);
            yield* handler.handle(request, context);
          } catch (error) {
            throw map(error, context);
          }
        },
      } as AnyHandler;
  }
}
