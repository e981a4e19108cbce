/** What callers may ask of a server. Each is told in ServerInfo or in the error that enforces it. */
export const limits = {
  /** Bytes of one request message: gRPC's own default, and far over any message worth signing whole. */
  maxRequestBytes: 4 * 1024 * 1024,
  /**
   * Requests in one SignBatch. RSA-4096 takes about 5 ms a signature: a full batch holds a thread for
   * some 5 s, which is the longest that one message should.
   */
  maxBatchItems: 1024,
  /** Calls at once on one connection: enough to keep every core busy, few enough to bound memory. */
  maxConcurrentStreams: 1024,
} as const;
