/** Limits of a server on either stack, besides those of its HTTP/2. */
export const serverLimits = {
  /** Octets of one request message: gRPC's own default. */
  maxRequestBytes: 4 * 1024 * 1024,
  /** Concurrent calls on one connection: enough to keep every core busy, few enough to bound memory. */
  maxConcurrentStreams: 1024,
} as const;
