/** Limits of a server on its peers, on either stack. @module */

/**
 * Limits that an operator sets (`signer serve --help`). Sizes are in bytes, times in milliseconds; `Infinity` turns a
 * limit off. A limit "on a thread" applies to each serving thread by itself. Peers are told apart by
 * `identityOf()`: connections over loopback have no identity, so limits by peer do not apply to them.
 */
export interface ServerLimits {
  /** Connections of the whole server. Over it, connections without a call are closed, and else new ones refused. */
  readonly maxConnections: number;
  /** Connections of one peer. More are refused. */
  readonly maxConnectionsPerPeer: number;
  /** Connections of one peer on a thread that have made no call. Over it, the oldest of them is closed. */
  readonly maxSilentConnectionsPerPeer: number;
  /** TLS handshakes at once on a thread. Over it, the oldest of the peer with the most is ended. */
  readonly maxHandshakes: number;
  /** Time of a TLS handshake, and of the HTTP/2 preface and SETTINGS after it. */
  readonly handshakeTimeoutMs: number;
  /** Calls at once on one connection. More are refused with REFUSED_STREAM. */
  readonly maxConcurrentStreams: number;
  /** Bytes of one request message, compressed or not. Over it: RESOURCE_EXHAUSTED. */
  readonly maxRequestBytes: number;
  /**
   * Time from the headers to the end of a request, for methods with a single request message. Over it:
   * DEADLINE_EXCEEDED.
   */
  readonly maxRequestMs: number;
  /**
   * Memory of open calls and their requests on a thread: incomplete requests, requests that wait for their turn or
   * for the handler, and requests that a handler has. Over it: RESOURCE_EXHAUSTED.
   */
  readonly maxHeldBytes: number;
  /**
   * Share of one peer and of one connection in `maxHeldBytes`. Over it, calls whose requests take more than 1 KB are
   * refused with RESOURCE_EXHAUSTED.
   */
  readonly maxHeldBytesPerPeer: number;
  readonly maxHeldBytesPerConnection: number;
  /**
   * Memory of output on a thread that peers have not read, of every kind: headers, responses, trailers, control
   * frames. Over it, the connection with the most of it ends with ENHANCE_YOUR_CALM. Native stack.
   */
  readonly maxUnreadBytes: number;
  /** Share of one peer in `maxUnreadBytes`. Native stack. */
  readonly maxUnreadBytesPerPeer: number;
  /**
   * Unread output of one connection from which on its calls wait: unary ones before they run, streams before their
   * next response.
   */
  readonly maxConnectionUnreadBytes: number;
  /** Calls, batches and requests of streams that wait for their turn on a thread. Over it: RESOURCE_EXHAUSTED. */
  readonly maxQueuedCalls: number;
  /** Expected time of all the work that waits on a thread. */
  readonly maxQueuedMs: number;
  /** Age of a connection at which it is drained. */
  readonly maxConnectionAgeMs: number;
  /** Time that calls have to end on a connection that is drained for its age. */
  readonly maxConnectionAgeGraceMs: number;
  /** Time without a call after which a connection is drained. */
  readonly maxConnectionIdleMs: number;
  /** Time without input after which a PING is sent to the peer. */
  readonly keepaliveMs: number;
  /** Time for the answer to that PING, after which the connection is closed. */
  readonly keepaliveTimeoutMs: number;
  /** Least interval between PINGs of a peer while no response is sent. Native stack. */
  readonly minPingIntervalMs: number;
}

const MIB = 1024 * 1024;

/** The default limits, each with its reason. */
export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  // Twice the 10,000 idle connections that are measured, at some 10 KB each.
  maxConnections: 20_000,
  // Half: one peer alone never has all.
  maxConnectionsPerPeer: 10_000,
  // A pool of connections that is opened ahead of its calls.
  maxSilentConnectionsPerPeer: 1_000,
  // 250 µs of CPU each: a quarter of a second of work.
  maxHandshakes: 1_000,
  // Three messages, so a few round trips.
  handshakeTimeoutMs: 10_000,
  // Enough to keep every core busy, few enough to bound memory.
  maxConcurrentStreams: 1_024,
  // The default of other gRPC libraries.
  maxRequestBytes: 4 * MIB,
  // The largest message at 70 kB/s.
  maxRequestMs: 60_000,
  // 64 of the largest messages.
  maxHeldBytes: 256 * MIB,
  // Half of the thread's limit: one peer alone never fills it.
  maxHeldBytesPerPeer: 128 * MIB,
  // 20 concurrent messages of the largest size, which a client may well send: 4.25 MiB each in memory that is used
  // again. Each text takes up to 8 MiB more once it is decoded.
  maxHeldBytesPerConnection: 112 * MIB,
  // CVE-2019-9517 on many connections: the output of four connections at the limit of HTTP/2, `maxQueuedBytes`.
  maxUnreadBytes: 256 * MIB,
  maxUnreadBytesPerPeer: 128 * MIB,
  // Four of the largest responses, so that there is always output to send. The rest of HTTP/2's 64 MiB is for
  // the responses of calls that run already.
  maxConnectionUnreadBytes: 16 * MIB,
  // The calls of four connections.
  maxQueuedCalls: 4_096,
  // A caller without a deadline would wait longer: another server may answer sooner.
  maxQueuedMs: 10_000,
  // No limit: an age is for operators that balance load by reconnecting clients.
  maxConnectionAgeMs: Infinity,
  maxConnectionAgeGraceMs: Infinity,
  maxConnectionIdleMs: Infinity,
  // gRPC's own defaults: GRPC_ARG_KEEPALIVE_TIME_MS and …TIMEOUT_MS of a server.
  keepaliveMs: 7_200_000,
  keepaliveTimeoutMs: 20_000,
  // gRPC's own: GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS.
  minPingIntervalMs: 300_000,
};
