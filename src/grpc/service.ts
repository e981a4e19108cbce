/** Services: definitions with their handlers. @module */
import type { Handler } from "./handler.ts";
import type { Metadata } from "./metadata.ts";
import type { MethodDefinition } from "./method.ts";

/** A method with messages of any type, as the stacks use it. */
// deno-lint-ignore no-explicit-any -- messages are typed where services are implemented
export type AnyMethod = MethodDefinition<any, any, any, any>;
// deno-lint-ignore no-explicit-any
export type AnyHandler = Handler<any, any>;

/** Methods of a service by name, as proto-loader and grpc-js describe it. */
export type ServiceDefinition = Readonly<Record<string, AnyMethod>>;

/** A service: its definition, and a handler for each method. */
export interface Service {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  /** Headers of every response. `CallContext.responseHeaders` begins with them. */
  readonly responseHeaders?: Metadata | undefined;
}

/** The handlers of a service definition, with the types of its messages. */
export type HandlersOf<D> = {
  readonly [M in keyof D]: D[M] extends MethodDefinition<infer _I, infer O, infer I, infer _O>
    ? Handler<I, O>
    : never;
};

/**
 * Makes a service of a definition and its handlers.
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

/** Returns the kind of a method. */
export function methodKind(method: AnyMethod): AnyHandler["kind"] {
  if (method.requestStream) return method.responseStream ? "bidi" : "client-stream";
  return method.responseStream ? "server-stream" : "unary";
}

/** Returns the full name of a service, from the path of its first method: `/NAME/Method`. */
export function serviceName({ definition }: Service): string {
  return Object.values(definition)[0].path.split("/")[1];
}
