/** Options of a native channel, and the settings and limits that its parts take from them. @module */
import { configure, type Http2Config, type Limits } from "../../../http2/mod.ts";
import {
  type Address,
  parseAddress,
  type Registrar,
  sharedReactor,
  type TlsContext,
} from "../../../net/mod.ts";
import {
  type BalancingPolicy,
  type ChannelOptions,
  defaultAuthority,
  hostOfAuthority,
  type ReconnectOptions,
} from "../../mod.ts";

/** Options of a native channel. */
export interface NativeChannelOptions extends ChannelOptions {
  /** Number of connections to each address in use; 1 by default. */
  readonly connections?: number;
  /**
   * Watches the channel's descriptors. By default the reactor of this thread, which runs on Deno's event
   * loop. A thread that blocks in a `Poller` passes the poller, and must return to its event loop while
   * a connection is being made.
   */
  readonly registrar?: Registrar;
}

/** Settings that the parts of a channel share. */
export interface ChannelSettings {
  readonly addresses: readonly Address[];
  /** Number of connections to each address in use. */
  readonly connections: number;
  readonly policy: BalancingPolicy;
  readonly reconnect: ReconnectOptions | undefined;
  readonly registrar: Registrar;
  readonly http2: Http2Config;
  /** Milliseconds that a call may wait for a connection. */
  readonly connectTimeout: number | undefined;
  /** The TLS context, and the name that the servers' certificates must have. */
  readonly tls: { readonly context: TlsContext; readonly serverName: string } | undefined;
  /** The `:authority` of every call. */
  readonly authority: string;
  /** The `user-agent` of every call. */
  readonly userAgent: string;
  /** Names of the servers, for messages. */
  readonly servers: string;
  /** Size limit of one response message. */
  readonly maxResponseBytes: number;
}

/**
 * HTTP/2 limits of a client, where they differ from the defaults, which are made for servers. A client
 * decides itself how much it sends, so its own requests must not end its connection.
 */
const clientLimits: Partial<Limits> = {
  // Requests wait for the peer's windows because this program makes more than the server takes.
  maxQueuedBytes: Infinity,
  // Headers of calls that start together wait here too: a server may allow any number of streams.
  maxOutputSize: 64 * 1024 * 1024,
  // A server that does not read a request stream is slow, not hostile: deadlines apply.
  stallTimeout: Infinity,
  // A server may still answer every call that was cancelled or has timed out.
  strayFrames: { burst: 1_000_000, perSecond: 100_000 },
  // An overloaded server may refuse every stream.
  resets: { burst: 1_000_000, perSecond: 100_000 },
};

/**
 * Milliseconds from the connection to the server's SETTINGS: the minimum of gRPC (connection-backoff.md). The default of
 * servers is half of it. With socket activation, a server that is still starting accepts connections and does not answer.
 */
const HANDSHAKE_TIMEOUT_MS = 20_000;

/**
 * Milliseconds from the server's SETTINGS to the acknowledgement of the client's SETTINGS, which were sent with the connection: a server
 * that has not started cannot acknowledge them either.
 */
const ACKNOWLEDGEMENT_MS = 30_000;

/** Size limit of one response message by default, in bytes: that of the other gRPC libraries. */
const DEFAULT_MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

/** Streams that one connection can open: odd numbers up to 2^31-1 (RFC 9113 section 5.1.1). */
export const MAX_STREAMS_OPENED = 2 ** 30 - 1;

/**
 * Transparent retries of one call, made when no server has processed it (grpc's gRFC A6: one; more
 * would storm a server that refuses everything).
 */
export const MAX_TRANSPARENT_RETRIES = 1;

/**
 * Bytes of requests that a client stream keeps for another attempt until the response begins. A stream
 * that has sent more is not retried.
 */
export const MAX_REPLAY_BYTES = 64 * 1024;

/** Name and version of this client in `user-agent` (grpc's PROTOCOL-HTTP2.md, User-Agents). */
const ownName = "grpc-deno-native/1";

/**
 * Resolves the options of a channel.
 *
 * @throws {TypeError} when there is no address
 * @throws {NetError} `BAD_ADDRESS`
 */
export function channelSettings(options: NativeChannelOptions): ChannelSettings {
  if (options.addresses.length === 0) {
    throw new TypeError("A channel needs an address to connect to");
  }
  const addresses = options.addresses.map(parseAddress);
  const { tls, userAgent, connectTimeout } = options;
  const handshakeTimeout = Math.max(HANDSHAKE_TIMEOUT_MS, connectTimeout ?? 0);
  const authority = options.authority ?? defaultAuthority(addresses[0]);
  return {
    addresses,
    connections: options.connections ?? 1,
    policy: options.balancing ?? (addresses.length > 1 ? "round_robin" : "pick_first"),
    reconnect: options.reconnect,
    registrar: options.registrar ?? sharedReactor(),
    http2: configure({
      limits: {
        ...clientLimits,
        handshakeTimeout,
        settingsTimeout: handshakeTimeout + ACKNOWLEDGEMENT_MS,
      },
    }),
    connectTimeout,
    tls: tls && { context: tls.context, serverName: hostOfAuthority(authority) },
    authority,
    userAgent: userAgent === undefined ? ownName : `${userAgent} ${ownName}`,
    servers: options.addresses.join(", "),
    maxResponseBytes: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
  };
}
