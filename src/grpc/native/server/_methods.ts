import type { AnyHandler, AnyMethod, Service } from "../../mod.ts";
import { Workloads } from "./_workloads.ts";

/** A method as calls need it. */
export interface Method {
  readonly path: string;
  readonly handler: AnyHandler;
  readonly deserialize: AnyMethod["requestDeserialize"];
  readonly serialize: AnyMethod["responseSerialize"];
  /** What its calls take, when its handler tells them apart. */
  readonly workloads: Workloads | undefined;
}

/** Methods by their paths, `/package.Service/Method`. */
export type Methods = ReadonlyMap<string, Method>;

/** The methods of services. Where two services have one path, the later one's holds. */
export function methodsOf(services: readonly Service[]): Methods {
  const methods = new Map<string, Method>();
  for (const { definition, handlers } of services) {
    for (const [name, handler] of Object.entries(handlers)) {
      const method = definition[name];
      methods.set(method.path, {
        path: method.path,
        handler,
        deserialize: method.requestDeserialize,
        serialize: method.responseSerialize,
        workloads: handler.kind === "unary" && handler.workload !== undefined
          ? new Workloads(handler.workload)
          : undefined,
      });
    }
  }
  return methods;
}
