/** The standard health service. @module */
import {
  type HealthCheckRequest,
  type HealthCheckResponseInit,
  type HealthCheckResponseServingStatus,
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

/**
 * The standard health service (grpc's doc/health-checking.md).
 *
 * ```text
 * serving ── announceDrain() ──▶ announced ── drain() ──▶ draining
 *    └─────────────────── drain() ───────────────────────────▲
 * ```
 *
 * Once a drain is announced every service is NOT_SERVING, but watches stay open; while draining they end.
 */
export class Health {
  readonly service: Service;
  readonly #names: ReadonlySet<string>;
  readonly #isServing: (service: string) => boolean;
  /** Callbacks of the open watches: each makes its watch read the status again. */
  readonly #watches = new Set<() => void>();
  readonly #limit = new StreamLimit(
    maxWatches,
    maxWatchesPerPeer,
    "There are too many watches already: use Check",
  );
  #phase: "serving" | "announced" | "draining" = "serving";

  /**
   * @param serviceNames the services besides the whole server, whose name is ""
   * @param isServing returns false for a service that cannot do its work. Call `refresh()` when the result changes
   */
  constructor(
    serviceNames: readonly string[],
    isServing: (service: string) => boolean = () => true,
  ) {
    this.#names = new Set(["", ...serviceNames]);
    this.#isServing = isServing;
    this.service = implement(healthDefinition, {
      Check: unary((request) => this.#check(request)),
      List: unary(() => this.#list()),
      Watch: serverStream((request, context) => this.#watch(request, context)),
    });
  }

  /** Reports NOT_SERVING from now on, so that balancers send no more calls. */
  announceDrain(): void {
    if (this.#phase === "serving") this.#phase = "announced";
    this.refresh();
  }

  /**
   * Reports NOT_SERVING from now on, and ends the watches: a drain waits for open calls, and a watch does not end by
   * itself.
   */
  drain(): void {
    this.#phase = "draining";
    this.refresh();
  }

  /** Sends changes of status to the watches. */
  refresh(): void {
    for (const look of this.#watches) look();
  }

  #statusOf(service: string): HealthCheckResponseServingStatus {
    if (!this.#names.has(service)) return "SERVICE_UNKNOWN";
    return this.#phase === "serving" && this.#isServing(service) ? "SERVING" : "NOT_SERVING";
  }

  #check({ service }: HealthCheckRequest): HealthCheckResponseInit {
    if (this.#names.has(service)) return { status: this.#statusOf(service) };
    throw new RpcError("NOT_FOUND", "There is no service of that name: List names the services");
  }

  #list(): HealthListResponseInit {
    const entries = [...this.#names].map((name) => [name, { status: this.#statusOf(name) }]);
    return { statuses: Object.fromEntries(entries) };
  }

  async *#watch(
    { service }: HealthCheckRequest,
    context: CallContext,
  ): AsyncGenerator<HealthCheckResponseInit> {
    const { signal } = context;
    // A watch that begins during a drain ends at once, and takes no place.
    using _ = this.#phase === "draining" ? undefined : this.#limit.open(context);
    let look = () => {};
    const onChange = () => look();
    this.#watches.add(onChange);
    signal.addEventListener("abort", onChange, { once: true });
    let last: HealthCheckResponseServingStatus | undefined;
    try {
      while (!signal.aborted) {
        // Before the status is read, so that no change between is missed.
        const { promise: changed, resolve } = Promise.withResolvers<void>();
        look = resolve;
        const status = this.#statusOf(service);
        const isDraining = this.#phase === "draining";
        if (status !== last && !(isDraining && status === "SERVICE_UNKNOWN")) yield { status };
        last = status;
        if (isDraining) throw new RpcError("UNAVAILABLE", "The server is draining");
        await changed;
      }
    } finally {
      this.#watches.delete(onChange);
      signal.removeEventListener("abort", onChange);
    }
  }
}
