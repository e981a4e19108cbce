import { serverLimits } from "../../mod.ts";
import { DEFAULT_LIMITS } from "../../../http2/mod.ts";
import { DEFAULT_QUEUE_LIMITS, type QueueLimits } from "../../scheduling/mod.ts";

/**
 * What a peer may cost a thread of the native stack, besides the limits of HTTP/2 itself
 * (`src/http2/limits.ts`). Times are milliseconds; `Infinity` turns a limit off.
 */
export interface NativeLimits extends QueueLimits {
  /** Bytes of one request message, compressed or not. Over it: RESOURCE_EXHAUSTED. */
  readonly maxRequestBytes: number;
  /** Calls at once on one connection. More are refused with REFUSED_STREAM. */
  readonly maxConcurrentStreams: number;
  /**
   * Bytes of requests that a thread holds: those that are incomplete, wait for their turn or their
   * reader, or are with a handler that has not answered yet. Over it: RESOURCE_EXHAUSTED.
   */
  readonly maxHeldBytes: number;
  /**
   * The same for one peer (`peerIdentity()`) and for one connection. Over either, further bytes of requests
   * are refused with RESOURCE_EXHAUSTED, except those of small calls.
   */
  readonly maxHeldBytesPerPeer: number;
  readonly maxHeldBytesPerConnection: number;
  /**
   * How long a request may take from its headers to its end, if the method takes one message. Over it:
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
  /** The same for one peer. */
  readonly maxUnreadBytesPerPeer: number;
  /** How old a connection gets before it is drained. */
  readonly maxConnectionAgeMs: number;
  /** How long the calls of a connection that is too old may still go on. */
  readonly maxConnectionAgeGraceMs: number;
  /** How long a connection may be without a call. */
  readonly maxConnectionIdleMs: number;
  /**
   * Connections of one peer that have made no call. With one more, the oldest of them is closed. A peer on this
   * machine whose connections cannot be told from others' has no such limit.
   */
  readonly maxSilentConnectionsPerPeer: number;
  /**
   * How long a connection may be without a call while accepting fails for want of descriptors. Those that have made
   * none are closed first, then those that have been idle for the longest.
   */
  readonly maxIdleInShortageMs: number;
  /** How long a peer may be silent before it is asked with a PING whether it is still there. */
  readonly keepaliveMs: number;
  /** How long the answer to that PING may take. */
  readonly keepaliveTimeoutMs: number;
  /** The least time between PINGs of a peer while nothing is sent to it. */
  readonly minPingIntervalMs: number;
  /** The same while it has no call under way. */
  readonly minIdlePingIntervalMs: number;
  /** PINGs that may come too early. One more ends the connection: `too_many_pings`. */
  readonly maxPingStrikes: number;
  /** How long a connection that has ended waits for its peer to read what was sent and to close. */
  readonly lingerMs: number;
  /**
   * The longest time without progress of a worker's thread, before it is taken for hung and replaced. Each event, call
   * and piece of work is progress, so a busy thread makes some; a handler that does not return makes none. `Infinity`
   * leaves a hanging worker to itself.
   */
  readonly maxTurnMs: number;
}

/** The limits unless configured otherwise, each with its reason. */
export const DEFAULT_NATIVE_LIMITS: NativeLimits = {
  maxRequestBytes: serverLimits.maxRequestBytes,
  maxConcurrentStreams: serverLimits.maxConcurrentStreams,
  // 64 of the largest messages: whoever sends them slowly on many streams gets no more memory.
  maxHeldBytes: 64 * serverLimits.maxRequestBytes,
  // Half of it: one peer alone never fills the pool.
  maxHeldBytesPerPeer: 32 * serverLimits.maxRequestBytes,
  // Somewhat over the 20 large messages that a client may well send at once.
  maxHeldBytesPerConnection: 24 * serverLimits.maxRequestBytes,
  // The largest message at 70 kB/s.
  maxRequestMs: 60_000,
  // Four of the largest responses, so that the wire never runs dry, and the rest of HTTP/2's 64 MiB for
  // those of calls that run already.
  maxConnectionUnreadBytes: 4 * serverLimits.maxRequestBytes,
  // CVE-2019-9517 on many connections: four that go up to what HTTP/2 lets each keep.
  maxUnreadBytes: 4 * DEFAULT_LIMITS.maxQueuedBytes,
  maxUnreadBytesPerPeer: 2 * DEFAULT_LIMITS.maxQueuedBytes,
  ...DEFAULT_QUEUE_LIMITS,
  // Connections last: who balances by reconnecting sets an age.
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
  // A round trip to the far side of the world, thrice.
  lingerMs: 1_000,
  // The longest piece of work, an RSA-4096 signature of the slowest provider, takes a hundredth of it.
  maxTurnMs: 10_000,
};
