import { HealthImplementation } from "grpc-health-check";
import {
  adopt,
  type AnyHandler,
  RpcError,
  serverStream,
  type Service,
} from "../grpc/contract/mod.ts";

/** The standard health service (grpc's doc/health-checking.md), by the gRPC authors' own package. */
export class Health {
  readonly service: Service;
  readonly #implementation: HealthImplementation;
  readonly #names: readonly string[];
  readonly #drained = new AbortController();

  /** Every service named is SERVING, and so is the server as a whole, whose name is "". */
  constructor(serviceNames: readonly string[]) {
    this.#names = ["", ...serviceNames];
    this.#implementation = new HealthImplementation(
      Object.fromEntries(this.#names.map((name) => [name, "SERVING" as const])),
    );
    const [service] = adopt(this.#implementation);
    const watch = Object.keys(service.handlers).find((name) => name.toLowerCase() === "watch")!;
    this.service = {
      ...service,
      handlers: { ...service.handlers, [watch]: this.#endedByDrain(service.handlers[watch]) },
    };
  }

  /**
   * Says NOT_SERVING to everyone who asks or watches, and ends the watches: a graceful stop waits for the
   * calls under way, and a watch would be under way for ever.
   */
  drain(): void {
    for (const name of this.#names) this.#implementation.setStatus(name, "NOT_SERVING");
    this.#drained.abort();
  }

  #endedByDrain(watch: AnyHandler): AnyHandler {
    if (watch.kind !== "server-stream") throw new TypeError("Health.Watch streams its responses");
    const drained = this.#drained.signal;
    return serverStream(async function* (request, context) {
      const signal = AbortSignal.any([context.signal, drained]);
      yield* watch.handle(request, Object.create(context, { signal: { value: signal } }));
      if (drained.aborted) throw new RpcError("UNAVAILABLE", "The server is draining");
    });
  }
}
