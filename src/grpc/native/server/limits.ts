import { serverLimits } from "../../mod.ts";
import { DEFAULT_LIMITS } from "../../../http2/mod.ts";
import { DEFAULT_QUEUE_LIMITS, type QueueLimits } from "../../scheduling/mod.ts";

/**
 * Limits of one thread of the native server on the resources of its peers, in addition to the limits of HTTP/2
 * (`src/http2/limits.ts`). Times are in milliseconds; `Infinity` turns a limit off.
 */
export interface NativeLimits extends QueueLimits {
  /** Bytes of one request message, compressed or not. Over it: RESOURCE_EXHAUSTED. */
  readonly maxRequestBytes: number;
  /** Calls at once on one connection. More are refused with REFUSED_STREAM. */
  readonly maxConcurrentStreams: number;
  /**
   * Memory of open calls and their requests on a thread, in bytes: incomplete requests, requests that wait for their
   * turn or for the handler, and requests that a handler has. Over it: RESOURCE_EXHAUSTED.
   */
  readonly maxHeldBytes: number;
  /**
   * Share of one peer (`peerIdentity()`) and of one connection in `maxHeldBytes`. Over it, calls whose requests take
   * more than 1 KB are refused with RESOURCE_EXHAUSTED.
   */
  readonly maxHeldBytesPerPeer: number;
  readonly maxHeldBytesPerConnection: number;
  /**
   * Time from the headers to the end of a request, for methods with a single request message. Over it:
   * DEADLINE_EXCEEDED.
   */
  readonly maxRequestMs: number;
  /**
   * Bytes that wait to be sent on one connection from which on its calls wait: unary ones before they run,
   * streams before their next response. When the peer reads none of it for `stallTimeout`, they end with
   * RESOURCE_EXHAUSTED.
   */
  readonly maxConnectionUnreadBytes: number;
  /**
   * Bytes of memory that a thread keeps for output which peers have not read, of every kind: headers,
   * responses, trailers, control frames. Over it, the connection with the most of it ends with
   * ENHANCE_YOUR_CALM.
   */
  readonly maxUnreadBytes: number;
  /** Share of one peer in `maxUnreadBytes`. */
  readonly maxUnreadBytesPerPeer: number;
  /** Age of a connection at which it is drained. */
  readonly maxConnectionAgeMs: number;
  /** Time that calls have to end on a connection that is drained for its age. */
  readonly maxConnectionAgeGraceMs: number;
  /** Time without a call after which a connection is drained. */
  readonly maxConnectionIdleMs: number;
  /**
   * Connections of one peer that have made no call. Over it, the oldest of them is closed. Connections over loopback
   * have no peer, so they are not limited.
   */
  readonly maxSilentConnectionsPerPeer: number;
  /**
   * Time without a call after which a connection may be closed while accepting fails for lack of descriptors.
   * Connections that have made no call are closed first, then the longest idle ones.
   */
  readonly maxIdleInShortageMs: number;
  /** Time without input after which a PING is sent to the peer. */
  readonly keepaliveMs: number;
  /** Time for the answer to that PING, after which the connection is closed. */
  readonly keepaliveTimeoutMs: number;
  /** Least interval between PINGs of a peer while no response is sent. */
  readonly minPingIntervalMs: number;
  /** Least interval between PINGs of a peer while it has no open call. */
  readonly minIdlePingIntervalMs: number;
  /** PINGs that may be too early. One more ends the connection with `too_many_pings`. */
  readonly maxPingStrikes: number;
  /** Time that an ended connection waits for its peer to read the rest of the output and to close. */
  readonly lingerMs: number;
  /**
   * The longest time without progress of a worker's thread, before it is taken for hung and replaced. Each event, call
   * and piece of work is progress, so a busy thread makes some; a handler that does not return makes none. `Infinity`
   * leaves a hanging worker to itself.
   */
  readonly maxTurnMs: number;
}

/** The default limits, each with its reason. */
export const DEFAULT_NATIVE_LIMITS: NativeLimits = {
  maxRequestBytes: serverLimits.maxRequestBytes,
  maxConcurrentStreams: serverLimits.maxConcurrentStreams,
  // 64 of the largest messages.
  maxHeldBytes: 64 * serverLimits.maxRequestBytes,
  // Half of the thread's limit: one peer alone never fills it.
  maxHeldBytesPerPeer: 32 * serverLimits.maxRequestBytes,
  // Somewhat over 20 concurrent messages of the largest size, which a client may well send.
  maxHeldBytesPerConnection: 24 * serverLimits.maxRequestBytes,
  // The largest message at 70 kB/s.
  maxRequestMs: 60_000,
  // Four of the largest responses, so that the wire never runs dry, and the rest of HTTP/2's 64 MiB for
  // those of calls that run already.
  maxConnectionUnreadBytes: 4 * serverLimits.maxRequestBytes,
  // CVE-2019-9517 on many connections: the output of four connections at the limit of HTTP/2.
  maxUnreadBytes: 4 * DEFAULT_LIMITS.maxQueuedBytes,
  maxUnreadBytesPerPeer: 2 * DEFAULT_LIMITS.maxQueuedBytes,
  ...DEFAULT_QUEUE_LIMITS,
  // No limit: an age is for operators that balance load by reconnecting clients.
  maxConnectionAgeMs: Infinity,
  maxConnectionAgeGraceMs: Infinity,
  maxConnectionIdleMs: Infinity,
  // A pool of connections that is opened ahead of its calls.
  maxSilentConnectionsPerPeer: 1_000,
  // Far over the time from a client's connection to its first call.
  maxIdleInShortageMs: 1_000,
  // gRPC's own defaults: GRPC_ARG_KEEPALIVE_TIME_MS and …TIMEOUT_MS of a server.
  keepaliveMs: 7_200_000,
  keepaliveTimeoutMs: 20_000,
  // gRPC's own: GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, GRPC_ARG_HTTP2_MAX_PING_STRIKES.
  minPingIntervalMs: 300_000,
  minIdlePingIntervalMs: 7_200_000,
  maxPingStrikes: 2,
  // Three round trips of 330 ms.
  lingerMs: 1_000,
  // The longest piece of work, an RSA-4096 signature of the slowest provider, takes a hundredth of it.
  maxTurnMs: 10_000,
};
