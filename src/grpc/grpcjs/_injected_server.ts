/** A grpc-js server that gets its connections from us. @module */
import type { Duplex } from "node:stream";
import { Server, ServerCredentials, type UntypedHandleCall } from "@grpc/grpc-js";
import type { AnyMethod } from "../mod.ts";
import { guardHttp2Servers, type StreamListener } from "./_http2_server.ts";
import type { GrpcJsLimits } from "./_limits.ts";
import { MAX_TIMER_MS } from "./_max_timer.ts";

/** A service in the form of grpc-js. */
export interface GrpcJsService {
  readonly definition: Readonly<Record<string, AnyMethod>>;
  readonly handlers: Readonly<Record<string, UntypedHandleCall>>;
}

/** The options of grpc-js that are limits. They cannot change in a server. */
export type FixedLimits = ReturnType<typeof fixedLimits>;

/** Returns the limits that grpc-js itself applies. */
export function fixedLimits(limits: GrpcJsLimits) {
  const timer = (ms: number) => Math.min(ms, MAX_TIMER_MS);
  return {
    "grpc.max_receive_message_length": limits.maxRequestBytes,
    "grpc.max_concurrent_streams": limits.maxConcurrentStreams,
    "grpc.max_connection_age_ms": timer(limits.maxConnectionAgeMs),
    "grpc.max_connection_age_grace_ms": timer(limits.maxConnectionAgeGraceMs),
    "grpc.max_connection_idle_ms": timer(limits.maxConnectionIdleMs),
    "grpc.keepalive_time_ms": timer(limits.keepaliveMs),
    "grpc.keepalive_timeout_ms": timer(limits.keepaliveTimeoutMs),
  };
}

/** A grpc-js server. Its limits are fixed: connections with other limits need another server. */
export class InjectedServer {
  readonly limits: FixedLimits;
  /** Open connections. */
  connections = 0;
  readonly #server: Server;
  readonly #injector: ReturnType<Server["createConnectionInjector"]>;

  /**
   * @param route returns the listener for new streams, given grpc-js's own and the largest size of a message
   */
  constructor(
    services: readonly GrpcJsService[],
    limits: FixedLimits,
    route: (next: StreamListener, maxRequestBytes: number) => StreamListener,
  ) {
    this.limits = limits;
    this.#server = new Server({
      ...limits,
      "grpc.max_send_message_length": -1,
      "grpc.enable_channelz": 0,
    });
    for (const { definition, handlers } of services) this.#server.addService(definition, handlers);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    const maxRequestBytes = limits["grpc.max_receive_message_length"];
    guardHttp2Servers(this.#server, (next) => route(next, maxRequestBytes));
  }

  take(connection: Duplex): void {
    this.connections++;
    connection.once("close", () => this.connections--);
    this.#injector.injectConnection(connection);
  }

  /** Sends GOAWAY. A session closes its connection after the last call. */
  drain(): void {
    // On Deno the callback comes before the last call has ended.
    this.#server.tryShutdown(() => {});
  }

  /** Ends all calls. */
  close(): void {
    this.#server.forceShutdown();
  }
}
