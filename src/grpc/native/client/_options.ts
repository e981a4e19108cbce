import { configure, type Http2Config, type Windows } from "../../../http2/mod.ts";
import {
  type Address,
  hostAndPort,
  parseAddress,
  type Registrar,
  sharedReactor,
} from "../../../net/mod.ts";
import type { ChannelOptions } from "../../mod.ts";
import type { CoreOptions } from "./_channel_core.ts";
import { clientLimits, DEFAULT_MAX_RESPONSE_BYTES } from "./_limits.ts";

/** What a native channel can be told beside what every channel can. */
export interface NativeChannelOptions extends ChannelOptions {
  /** Connections to each address that is in use; one unless said otherwise. */
  readonly connections?: number;
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
    tls: options.tls && {
      context: options.tls.context,
      serverName: hostOf(authorityOf(addressesOf(options), options.authority)),
    },
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
export function authorityOf([first]: readonly Address[], authority?: string): string {
  if (authority !== undefined) return authority;
  return first.transport === "tcp" ? hostAndPort(first.host, first.port) : "localhost";
}

/** The host of an authority: `[::1]:443` is `::1`. */
function hostOf(authority: string): string {
  const [, bracketed, plain] = /^(?:\[(.*)\]|([^:]*))(?::\d+)?$/.exec(authority) ?? [];
  return bracketed ?? plain ?? authority;
}

function http2Config({ windows }: NativeChannelOptions): Http2Config {
  return configure({ limits: clientLimits, ...(windows ? { windows } : {}) });
}
