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
  /** What ends the waiting of each watch. */
  readonly #watches = new Set<() => void>();
  readonly #limit = new StreamLimit(
    maxWatches,
    maxWatchesPerPeer,
    "Too many watch already: ask by Check",
  );
  #draining = false;

  /** Every service named is SERVING, and so is the server as a whole, whose name is "". */
  constructor(serviceNames: readonly string[]) {
    this.#names = new Set(["", ...serviceNames]);
    this.service = implement(healthDefinition, {
      Check: unary((request) => this.#check(request)),
      List: unary(() => this.#list()),
      Watch: serverStream((request, context) => this.#watch(request, context)),
    });
  }

  /**
   * Says NOT_SERVING to everyone who asks or watches, and ends the watches: a graceful stop waits for the
   * calls under way, and a watch would be under way for ever.
   */
  drain(): void {
    this.#draining = true;
    for (const end of this.#watches) end();
  }

  /** What the known services are, as the server has no other states. */
  get #status() {
    return this.#draining ? "NOT_SERVING" : "SERVING";
  }

  #check({ service }: HealthCheckRequest): HealthCheckResponseInit {
    if (this.#names.has(service)) return { status: this.#status };
    throw new RpcError("NOT_FOUND", "Nothing of that name is served: List names what is");
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
