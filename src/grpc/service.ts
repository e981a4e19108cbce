import type { Handler } from "./handler.ts";
import type { MethodDefinition } from "./method.ts";

/** A method whose messages are of any type: what the stacks work on. */
// deno-lint-ignore no-explicit-any -- messages are typed where services are implemented
export type AnyMethod = MethodDefinition<any, any, any, any>;
// deno-lint-ignore no-explicit-any
export type AnyHandler = Handler<any, any>;

/** A service as proto-loader and grpc-js describe it: its methods by name. */
export type ServiceDefinition = Readonly<Record<string, AnyMethod>>;

/** A service that can be served: its definition, and a handler for each of its methods. */
export interface Service {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
}

/** The handlers that a service's definition asks for, with the types of its messages. */
export type HandlersOf<D> = {
  readonly [M in keyof D]: D[M] extends MethodDefinition<infer _I, infer O, infer I, infer _O>
    ? Handler<I, O>
    : never;
};

/**
 * Ties a service's definition to its handlers.
 *
 * @throws {TypeError} when a method has no handler, or one of the wrong kind
 */
export function implement<D extends object>(definition: D, handlers: HandlersOf<D>): Service {
  const service = { definition, handlers } as unknown as Service;
  for (const [name, method] of Object.entries(service.definition)) {
    const kind = methodKind(method);
    const given = service.handlers[name]?.kind;
    if (given !== kind) {
      throw new TypeError(`Method ${method.path} needs a ${kind} handler, got ${given}`);
    }
  }
  return service;
}

/** Which of gRPC's four kinds a method is. */
export function methodKind(method: AnyMethod): AnyHandler["kind"] {
  if (method.requestStream) return method.responseStream ? "bidi" : "client-stream";
  return method.responseStream ? "server-stream" : "unary";
}

/** Returns the full name of a service, from the path of its first method: `/NAME/Method`. */
export function serviceName({ definition }: Service): string {
  return Object.values(definition)[0].path.split("/")[1];
}
