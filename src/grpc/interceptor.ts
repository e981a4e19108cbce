import type { CallContext } from "./handler.ts";
import type { AnyHandler, Service } from "./service.ts";

/** What happens around every call of a service. */
export interface Interceptor {
  /** Runs before the handler; what it throws ends the call. */
  readonly before?: (context: CallContext) => void;
  /** Turns what ended the call, from `before` or the handler, into what the caller gets. */
  readonly onError?: (error: unknown, context: CallContext) => unknown;
}

/** The service with the interceptors around each of its handlers, the first one outermost. */
export function intercept(service: Service, ...interceptors: readonly Interceptor[]): Service {
  const handlers = Object.entries(service.handlers).map(([name, handler]) => [
    name,
    interceptors.reduceRight(interceptHandler, handler),
  ]);
  return { definition: service.definition, handlers: Object.fromEntries(handlers) };
}

function interceptHandler(handler: AnyHandler, { before, onError }: Interceptor): AnyHandler {
  const map = (error: unknown, context: CallContext) => onError ? onError(error, context) : error;
  switch (handler.kind) {
    case "unary":
      return {
        kind: handler.kind,
        workload: handler.workload,
        // Not an async function: an answer that is there at once costs no promise.
        handle(request, context) {
          try {
            before?.(context);
            const answer = handler.handle(request, context);
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
            before?.(context);
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
            before?.(context);
            yield* handler.handle(request, context);
          } catch (error) {
            throw map(error, context);
          }
        },
      } as AnyHandler;
  }
}
