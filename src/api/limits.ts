import { serverLimits } from "../grpc/mod.ts";

/** Limits on requests. ServerInfo reports each, or the error that enforces it does. */
export const limits = {
  ...serverLimits,
  /**
   * Requests in one SignBatch. RSA-4096 takes about 5 ms a signature: a full batch occupies a thread for
   * some 5 s, which is the longest that one message should.
   */
  maxBatchItems: 1024,
} as const;
