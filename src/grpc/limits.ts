/** Limits of servers, on either stack. @module */
/** Limits of a server beside those of HTTP/2. */
export const serverLimits = {
  /** Bytes of one request message: the default of other gRPC libraries. */
  maxRequestBytes: 4 * 1024 * 1024,
  /** Concurrent calls on one connection: enough to keep every core busy, few enough to bound memory. */
  maxConcurrentStreams: 1024,
} as const;
