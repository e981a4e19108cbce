/** Limits on requests, apart from the messages of the contract: a process that serves by workers loads no messages. @module */
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from "../../grpc/mod.ts";

/** Limits on requests that ServerInfo reports. */
export interface RequestLimits extends Pick<ServerLimits, "maxRequestBytes"> {
  /** Requests in one SignBatch. */
  readonly maxBatchItems: number;
}

export const DEFAULT_REQUEST_LIMITS: RequestLimits = {
  maxRequestBytes: DEFAULT_SERVER_LIMITS.maxRequestBytes,
  // RSA-4096 takes about 5 ms a signature: a full batch occupies a thread for some 5 s, which is the longest that
  // one message should.
  maxBatchItems: 1_024,
};
