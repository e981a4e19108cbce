import { serverLimits } from "../mod.ts";

/** Limits of the grpc-js server. Sizes are in bytes, times in milliseconds. */
export interface GrpcJsLimits {
  /** Size of one request message, compressed or inflated. */
  readonly maxRequestBytes: number;
  /**
   * Bytes of requests and responses that are held, from their arrival until the stream is closed. Over a limit,
   * further bytes of requests are refused with RESOURCE_EXHAUSTED, and compressed requests wait.
   */
  readonly maxHeldBytes: number;
  readonly maxHeldBytesPerPeer: number;
  readonly maxHeldBytesPerConnection: number;
  /**
   * Open streams on all connections. One connection may open as many as are left free, and always
   * `minOpenStreamsPerConnection`.
   */
  readonly maxOpenStreams: number;
  readonly minOpenStreamsPerConnection: number;
  /** Requests up to this size are always admitted, so that health checks are answered. */
  readonly smallRequestBytes: number;
  /** Time from the headers to the end of a single request. */
  readonly maxRequestMs: number;
  /** Bytes of unread responses on a connection above which the connection is not read. */
  readonly maxUnsentBytes: number;
  /** Time within which a peer with more than `stalledBytes` unread must read `stalledBytes`. */
  readonly maxStallMs: number;
  readonly stalledBytes: number;
  /** Age at which a connection without a call is closed while accepting fails for lack of descriptors. */
  readonly maxSilentInShortageMs: number;
  /** Time for which requests are started before sockets are read again. */
  readonly sliceMs: number;
}

/** The default limits. The first seven are those of the native stack. */
export const defaultGrpcJsLimits: GrpcJsLimits = {
  maxRequestBytes: serverLimits.maxRequestBytes,
  maxHeldBytes: 64 * serverLimits.maxRequestBytes,
  maxHeldBytesPerPeer: 32 * serverLimits.maxRequestBytes,
  // A client may well send 20 messages of the largest size at once.
  maxHeldBytesPerConnection: 24 * serverLimits.maxRequestBytes,
  // node:http2 and grpc-js take 17 KB for each: 256 MiB.
  maxOpenStreams: 16_384,
  minOpenStreamsPerConnection: 4,
  smallRequestBytes: 1_024,
  // The largest message at 70 kB/s.
  maxRequestMs: 60_000,
  // Four of the largest messages.
  maxUnsentBytes: 4 * serverLimits.maxRequestBytes,
  maxStallMs: 60_000,
  stalledBytes: 1024 * 1024,
  // Far over the time from a client's connection to its first call.
  maxSilentInShortageMs: 1_000,
  // A signature of RSA-4096 takes 2 to 5 ms.
  sliceMs: 10,
};
