/** The options of `serve` that limit its peers. @module */
import { DEFAULT_REQUEST_LIMITS, type RequestLimits } from "../../../api/limits/mod.ts";
import { type ConfigOption, count, size, timeLimit, timeLimitOrOff } from "../../../config/mod.ts";
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from "../../../grpc/mod.ts";

/** The limits of a server. */
export type Limits = ServerLimits & RequestLimits;

const defaults: Limits = { ...DEFAULT_SERVER_LIMITS, ...DEFAULT_REQUEST_LIMITS };

/** The largest number that a count can be set to. */
const MAX_COUNT = 1_000_000;

const amount = count(1, MAX_COUNT);

/** 256 descriptors that a server needs besides those of its connections: listeners, workers, logs, pages. */
export const OTHER_DESCRIPTORS = 256;

/** Each limit with its option, in the order of the help. */
export const limitOptions = {
  maxConnections: {
    flag: "--max-connections",
    path: "limits.max-connections",
    kind: amount,
    help: "maximum connections",
    default: defaults.maxConnections,
    reloadable: true,
  },
  maxConnectionsPerPeer: {
    flag: "--max-connections-per-peer",
    path: "limits.max-connections-per-peer",
    kind: amount,
    help: "maximum connections of one peer: an IP address, a vsock CID or a Unix user",
    default: defaults.maxConnectionsPerPeer,
    reloadable: true,
  },
  maxSilentConnectionsPerPeer: {
    flag: "--max-silent-connections",
    path: "limits.max-silent-connections",
    kind: amount,
    help: "maximum connections of one peer without a call, on a thread",
    default: defaults.maxSilentConnectionsPerPeer,
    reloadable: true,
  },
  maxHandshakes: {
    flag: "--max-handshakes",
    path: "limits.max-handshakes",
    kind: amount,
    help: "maximum concurrent TLS handshakes on a thread",
    default: defaults.maxHandshakes,
    reloadable: true,
  },
  handshakeTimeoutMs: {
    flag: "--handshake-timeout",
    path: "limits.handshake-timeout",
    kind: timeLimit,
    help: "time limit of a handshake",
    default: defaults.handshakeTimeoutMs,
    reloadable: true,
  },
  maxConcurrentStreams: {
    flag: "--max-streams",
    path: "limits.max-streams",
    kind: amount,
    help: "maximum concurrent calls on a connection",
    default: defaults.maxConcurrentStreams,
    reloadable: true,
  },
  maxRequestBytes: {
    flag: "--max-message-size",
    path: "limits.max-message-size",
    kind: size,
    help: "largest request message",
    default: defaults.maxRequestBytes,
    reloadable: true,
  },
  maxBatchItems: {
    flag: "--max-batch",
    path: "limits.max-batch",
    kind: amount,
    help: "maximum requests in a SignBatch",
    default: defaults.maxBatchItems,
    reloadable: true,
  },
  maxRequestMs: {
    flag: "--request-timeout",
    path: "limits.request-timeout",
    kind: timeLimit,
    help: "time limit of receiving a request",
    default: defaults.maxRequestMs,
    reloadable: true,
  },
  maxHeldBytes: {
    flag: "--max-held",
    path: "limits.max-held",
    kind: size,
    help: "maximum memory for requests on a thread",
    default: defaults.maxHeldBytes,
    reloadable: true,
  },
  maxHeldBytesPerPeer: {
    flag: "--max-held-per-peer",
    path: "limits.max-held-per-peer",
    kind: size,
    help: "maximum share of a peer in it",
    default: defaults.maxHeldBytesPerPeer,
    reloadable: true,
  },
  maxHeldBytesPerConnection: {
    flag: "--max-held-per-connection",
    path: "limits.max-held-per-connection",
    kind: size,
    help: "maximum share of a connection in it",
    default: defaults.maxHeldBytesPerConnection,
    reloadable: true,
  },
  maxUnreadBytes: {
    flag: "--max-unread",
    path: "limits.max-unread",
    kind: size,
    help: "maximum memory for unread responses on a thread (native stack)",
    default: defaults.maxUnreadBytes,
    reloadable: true,
  },
  maxUnreadBytesPerPeer: {
    flag: "--max-unread-per-peer",
    path: "limits.max-unread-per-peer",
    kind: size,
    help: "maximum share of a peer in it (native stack)",
    default: defaults.maxUnreadBytesPerPeer,
    reloadable: true,
  },
  maxConnectionUnreadBytes: {
    flag: "--max-unread-per-connection",
    path: "limits.max-unread-per-connection",
    kind: size,
    help: "unread responses of a connection above which its calls wait",
    default: defaults.maxConnectionUnreadBytes,
    reloadable: true,
  },
  maxQueuedCalls: {
    flag: "--max-queue",
    path: "limits.max-queue",
    kind: amount,
    help: "maximum queued calls on a thread",
    default: defaults.maxQueuedCalls,
    reloadable: true,
  },
  maxQueuedMs: {
    flag: "--max-queue-time",
    path: "limits.max-queue-time",
    kind: timeLimit,
    help: "maximum expected time of the queued work on a thread",
    default: defaults.maxQueuedMs,
    reloadable: true,
  },
  maxConnectionAgeMs: {
    flag: "--max-connection-age",
    path: "limits.max-connection-age",
    kind: timeLimitOrOff,
    help: "age at which a connection is drained, or off",
    default: defaults.maxConnectionAgeMs,
    reloadable: true,
  },
  maxConnectionAgeGraceMs: {
    flag: "--max-connection-grace",
    path: "limits.max-connection-grace",
    kind: timeLimitOrOff,
    help: "time limit of its calls after that, or off",
    default: defaults.maxConnectionAgeGraceMs,
    reloadable: true,
  },
  maxConnectionIdleMs: {
    flag: "--max-connection-idle",
    path: "limits.max-connection-idle",
    kind: timeLimitOrOff,
    help: "time without a call after which a connection is drained, or off",
    default: defaults.maxConnectionIdleMs,
    reloadable: true,
  },
  keepaliveMs: {
    flag: "--keepalive",
    path: "limits.keepalive",
    kind: timeLimitOrOff,
    help: "time without input after which a peer is sent a PING, or off",
    default: defaults.keepaliveMs,
    reloadable: true,
  },
  keepaliveTimeoutMs: {
    flag: "--keepalive-timeout",
    path: "limits.keepalive-timeout",
    kind: timeLimit,
    help: "time limit of the answer to that PING",
    default: defaults.keepaliveTimeoutMs,
    reloadable: true,
  },
  minPingIntervalMs: {
    flag: "--min-ping-interval",
    path: "limits.min-ping-interval",
    kind: timeLimit,
    help:
      "shortest time between PINGs of a peer with calls; 24 times as long without (native stack)",
    default: defaults.minPingIntervalMs,
    reloadable: true,
  },
} as const satisfies {
  readonly [L in keyof Limits]: ConfigOption<number> & { readonly default: number };
};
