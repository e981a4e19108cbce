/** Options of a channel, on either stack. @module */
import type { TlsContext } from "../net/mod.ts";

/** The load-balancing policy of a channel. */
export type BalancingPolicy = "round_robin" | "pick_first";

/** Backoff between attempts to connect. Times are in milliseconds. */
export interface ReconnectOptions {
  /** Backoff after the first failure. */
  readonly initial?: number;
  /** Longest backoff. */
  readonly max?: number;
}

/**
 * Default backoff: short enough for a server that is starting, and at most 5 s, so that clients soon find
 * a server that was restarted. (grpc's doc/connection-backoff.md has 1 s and 120 s, for servers with very
 * many clients.)
 */
export const defaultReconnect = { initial: 100, max: 5000 } as const satisfies ReconnectOptions;

/** TLS settings of a channel. */
export interface ChannelTls {
  /** The client's context, which must live as long as the channel. */
  readonly context: TlsContext;
}

/** Options of a channel. Times are in milliseconds, sizes in bytes. */
export interface ChannelOptions {
  /** Addresses of the servers, in any form that `parseAddress` of `src/net` reads. */
  readonly addresses: readonly string[];
  /** Default: `round_robin` with several addresses, `pick_first` with one. */
  readonly balancing?: BalancingPolicy;
  /** Retries after UNAVAILABLE of a call that is safe to repeat; 0 by default. */
  readonly retries?: number;
  /** Time that a call may wait for a connection before it fails with UNAVAILABLE. */
  readonly connectTimeout?: number;
  /** TLS to every address; plaintext by default. */
  readonly tls?: ChannelTls;
  /**
   * The `:authority` of calls and, over TLS, the name that the server's certificate must have. By default
   * the host of the first address, or `localhost` for Unix sockets and vsock.
   */
  readonly authority?: string;
  /** Backoff between attempts to connect. */
  readonly reconnect?: ReconnectOptions;
  /** Size limit of one response message; 4 MiB by default, as in other gRPC libraries. */
  readonly maxResponseBytes?: number;
  /** Name of the program, such as `signer/0.1.0`, which `user-agent` has before the stack's name. */
  readonly userAgent?: string;
}
