import { DEFAULT_SERVER_LIMITS, type ServerLimits } from "../mod.ts";

/**
 * Limits of the grpc-js server. Sizes are in bytes, times in milliseconds. Held bytes are those of requests and
 * responses, from their arrival until the stream is closed; over a limit, further bytes of requests are refused, and
 * compressed requests wait.
 */
export interface GrpcJsLimits extends ServerLimits {
  /**
   * Open streams on all connections. One connection may open as many as are left free, and always
   * `minOpenStreamsPerConnection`.
   */
  readonly maxOpenStreams: number;
  readonly minOpenStreamsPerConnection: number;
  /** Requests up to this size are always admitted, so that health checks are answered. */
  readonly smallRequestBytes: number;
  /** Time within which a peer with more than `stalledBytes` unread must read `stalledBytes`. */
  readonly maxStallMs: number;
  readonly stalledBytes: number;
}

/** The default limits. */
export const defaultGrpcJsLimits: GrpcJsLimits = {
  ...DEFAULT_SERVER_LIMITS,
  // node:http2 and grpc-js take some 55 KB for each with a response that is not read: 440 MiB.
  maxOpenStreams: 8_192,
  minOpenStreamsPerConnection: 4,
  smallRequestBytes: 1_024,
  maxStallMs: 60_000,
  stalledBytes: 1024 * 1024,
};
