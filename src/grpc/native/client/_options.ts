import { configure, type Http2Config, type Windows } from "../../../http2/mod.ts";
import {
  type Address,
  hostAndPort,
  parseAddress,
  type Registrar,
  sharedReactor,
} from "../../../net/mod.ts";
import type { ReconnectOptions } from "./_backoff.ts";
import type { BalancingPolicy } from "./_balancer.ts";
import type { CoreOptions } from "./_channel_core.ts";
import type { KeepaliveOptions } from "./_keepalive.ts";
import { clientLimits, DEFAULT_MAX_RESPONSE_BYTES } from "./_limits.ts";

/** How a channel connects, balances and repeats. Times are in milliseconds, sizes in bytes. */
export interface NativeChannelOptions {
  /** Where the servers are, in any form that `parseAddress` of `src/net` reads. */
  readonly addresses: readonly string[];
  /** Connections to each address that is in use; one unless said otherwise. */
  readonly connections?: number;
  /** `round_robin` over several addresses unless said otherwise. */
  readonly balancing?: BalancingPolicy;
  /**
   * How often a call that is safe to repeat is made again after UNAVAILABLE; 0, the default, is
   * never.
   */
  readonly retries?: number;
  /** How long a call may wait for a connection before it ends as UNAVAILABLE. */
  readonly connectTimeout?: number;
  /** The waits between attempts to connect. */
  readonly reconnect?: ReconnectOptions;
  readonly keepalive?: KeepaliveOptions;
  /** Of one response message; gRPC's own 4 MiB unless said otherwise. */
  readonly maxResponseBytes?: number;
  /** Of one request message; without a limit unless said otherwise: the server has its own. */
  readonly maxRequestBytes?: number;
  /** Led before this client's own name in `user-agent`, such as `signer/0.1.0`. */
  readonly userAgent?: string;
  /** The receive windows of the connections. */
  readonly windows?: Partial<Windows>;
  /**
   * What drives the channel; this thread's reactor, so Deno's event loop, unless said otherwise. A
   * thread that blocks in a `Poller` gives that, and returns to its event loop while a connection
   * is being made.
   */
  readonly registrar?: Registrar;
}

/** The name of this client, after grpc's PROTOCOL-HTTP2.md, User-Agents. */
const ownName = "grpc-deno-native/1";

/** All `user-agent`s begin with the name of the program, when it gave one. */
export function userAgentOf({ userAgent }: NativeChannelOptions): string {
  return userAgent === undefined ? ownName : `${userAgent} ${ownName}`;
}

/** The options that the parts of a channel share. */
export function coreOptions(options: NativeChannelOptions): CoreOptions {
  return {
    registrar: options.registrar ?? sharedReactor(),
    http2: http2Config(options),
    connectTimeout: options.connectTimeout,
    servers: options.addresses.join(", "),
    maxRequestBytes: options.maxRequestBytes ?? Infinity,
    maxResponseBytes: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
  };
}

/**
 * The addresses of a channel.
 *
 * @throws {TypeError} when there is none
 * @throws {NetError} `BAD_ADDRESS`
 */
export function addressesOf({ addresses }: NativeChannelOptions): Address[] {
  if (addresses.length === 0) throw new TypeError("A channel needs an address to connect to");
  return addresses.map(parseAddress);
}

/**
 * The `:authority` of all calls: gRPC's for Unix sockets and vsock; the first address stands for
 * all.
 */
export function authorityOf([first]: readonly Address[]): string {
  return first.transport === "tcp" ? hostAndPort(first.host, first.port) : "localhost";
}

function http2Config({ windows }: NativeChannelOptions): Http2Config {
  return configure({ limits: clientLimits, ...(windows ? { windows } : {}) });
}
