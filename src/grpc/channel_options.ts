import type { TlsContext } from "../net/mod.ts";

/** How calls are spread over the servers of a channel. */
export type BalancingPolicy = "round_robin" | "pick_first";

/** HTTP/2 pings that tell a dead connection from an idle one. Times are in milliseconds. */
export interface KeepaliveOptions {
  /** Between pings. */
  readonly interval: number;
  /** For the answer to a ping. */
  readonly timeout: number;
  /** Also while no call is under way. */
  readonly whenIdle?: boolean;
}

/** How long to wait between attempts to connect. Times are in milliseconds. */
export interface ReconnectOptions {
  /** After the first failure. */
  readonly initial?: number;
  /** At most. */
  readonly max?: number;
}

/**
 * The waits unless said otherwise: short enough for a server that is just starting, and bounded by what a
 * restart still notices. (The parameters of grpc's doc/connection-backoff.md, 1 s and 120 s, are for
 * servers that very many clients know.)
 */
export const defaultReconnect = { initial: 100, max: 5000 } as const satisfies ReconnectOptions;

/** TLS of a channel. */
export interface ChannelTls {
  /** The client's context, which must live as long as the channel. */
  readonly context: TlsContext;
}

/** How a channel connects, balances and repeats. Times are in milliseconds, sizes in bytes. */
export interface ChannelOptions {
  /** Where the servers are, in any form that `parseAddress` of `src/net` reads. */
  readonly addresses: readonly string[];
  /** `round_robin` over several addresses unless said otherwise. */
  readonly balancing?: BalancingPolicy;
  /** How often a call that is safe to repeat is made again after UNAVAILABLE; 0, the default, is never. */
  readonly retries?: number;
  /** How long a call may wait for a connection before it ends as UNAVAILABLE. */
  readonly connectTimeout?: number;
  /** TLS to every address; plaintext where it is undefined. */
  readonly tls?: ChannelTls;
  /**
   * The `:authority` of calls and, over TLS, the name that the server's certificate must have. By default
   * the host of the first address, or `localhost` for Unix sockets and vsock.
   */
  readonly authority?: string;
  /** The waits between attempts to connect. */
  readonly reconnect?: ReconnectOptions;
  readonly keepalive?: KeepaliveOptions;
  /** Of one response message; gRPC's own 4 MiB unless said otherwise. */
  readonly maxResponseBytes?: number;
  /** Of one request message; without a limit unless said otherwise: the server has its own. */
  readonly maxRequestBytes?: number;
  /** Led before the stack's own name in `user-agent`, such as `signer/0.1.0`. */
  readonly userAgent?: string;
}
