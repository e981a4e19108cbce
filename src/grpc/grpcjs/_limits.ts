import { serverLimits } from "../mod.ts";

/** Limits on what one peer may cost the grpc-js server. Sizes are bytes, times milliseconds. */
export interface GrpcJsLimits {
  /** One request message, compressed or not. */
  readonly maxRequestBytes: number;
  /**
   * Requests and responses that the server holds: from their first byte until the stream is closed. Over the share
   * of a connection, requests wait; over that of a peer or of the server, they are refused with
   * RESOURCE_EXHAUSTED.
   */
  readonly maxHeldBytes: number;
  readonly maxHeldBytesPerPeer: number;
  readonly maxHeldBytesPerConnection: number;
  /** A request up to this size is admitted in any case, so that health checks are answered. */
  readonly smallRequestBytes: number;
  /** From the headers of a request to its end, for a method with one request message. */
  readonly maxRequestMs: number;
  /** Responses that a connection keeps because its peer does not read. Over it, nothing more is read from it. */
  readonly maxUnsentBytes: number;
  /** How long a connection may be over `stalledBytes` while the peer reads less than that. */
  readonly maxStallMs: number;
  readonly stalledBytes: number;
  /** How long a connection may be without its first call while accepting fails for want of descriptors. */
  readonly maxSilentInShortageMs: number;
  /** Requests are handed to their handlers for so long before sockets are read again. */
  readonly sliceMs: number;
}

/** The limits unless configured otherwise: the first seven are those of the native stack. */
export const defaultGrpcJsLimits: GrpcJsLimits = {
  maxRequestBytes: serverLimits.maxRequestBytes,
  maxHeldBytes: 64 * serverLimits.maxRequestBytes,
  maxHeldBytesPerPeer: 32 * serverLimits.maxRequestBytes,
  // Somewhat over 20 concurrent messages of the largest size.
  maxHeldBytesPerConnection: 24 * serverLimits.maxRequestBytes,
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
