/** The standard health service. @module */
import {
  type HealthCheckRequest,
  type HealthCheckResponseInit,
  healthDefinition,
  type HealthListResponseInit,
} from "../api/mod.ts";
import {
  type CallContext,
  implement,
  RpcError,
  serverStream,
  type Service,
  unary,
} from "../grpc/mod.ts";
import { StreamLimit } from "./stream_limit.ts";

/** Watches that may be open at once on each thread, 3 KB each: a client has one for each of its connections. */
export const maxWatches = 10_000;

/** Watches that one peer may have open: a proxy has many connections. */
export const maxWatchesPerPeer = 1_000;

/** The standard health service (grpc's doc/health-checking.md). */
export class Health {
  readonly service: Service;
  readonly #names: ReadonlySet<string>;
  /** A function for each watch that ends it. */
  readonly #watches = new Set<() => void>();
  readonly #limit = new StreamLimit(
    maxWatches,
    maxWatchesPerPeer,
    "There are too many watches already: use Check",
  );
  #draining = false;

  /** The named services are SERVING, and so is the whole server, whose name is "". */
  constructor(serviceNames: readonly string[]) {
    this.#names = new Set(["", ...serviceNames]);
    this.service = implement(healthDefinition, {
      Check: unary((request) => this.#check(request)),
      List: unary(() => this.#list()),
      Watch: serverStream((request, context) => this.#watch(request, context)),
    });
  }

  /**
   * Reports NOT_SERVING from now on, and ends the watches: a graceful stop waits for the calls under way, and
   * a watch has no end of its own.
   */
  drain(): void {
    this.#draining = true;
    for (const end of this.#watches) end();
  }

  /** The status of all known services. */
  get #status() {
    return this.#draining ? "NOT_SERVING" : "SERVING";
  }

  #check({ service }: HealthCheckRequest): HealthCheckResponseInit {
    if (this.#names.has(service)) return { status: this.#status };
    throw new RpcError("NOT_FOUND", "There is no service of that name: List names the services");
  }

  #list(): HealthListResponseInit {
    const status = this.#status;
    const entries = [...this.#names].map((name) => [name, { status }] as const);
    return { statuses: Object.fromEntries(entries) };
  }

  async *#watch(
    { service }: HealthCheckRequest,
    context: CallContext,
  ): AsyncGenerator<HealthCheckResponseInit> {
    const { signal } = context;
    const isKnown = this.#names.has(service);
    if (!this.#draining) {
      using _ = this.#limit.open(context);
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const end = () => resolve();
      this.#watches.add(end);
      signal.addEventListener("abort", end, { once: true });
      try {
        yield { status: isKnown ? this.#status : "SERVICE_UNKNOWN" };
        if (!signal.aborted) await ended;
      } finally {
        this.#watches.delete(end);
        signal.removeEventListener("abort", end);
      }
      if (!this.#draining) return;
    }
    if (isKnown) yield { status: this.#status };
    throw new RpcError("UNAVAILABLE", "The server is draining");
  }
}
