/** The limits of the native server. @module */
import { DEFAULT_SERVER_LIMITS, type ServerLimits } from "../../mod.ts";
import { DEFAULT_QUEUE_LIMITS, type QueueLimits } from "../../scheduling/mod.ts";

/**
 * Limits of one thread of the native server on the resources of its peers, in addition to the limits of HTTP/2
 * (`src/http2/limits.ts`).
 */
export interface NativeLimits extends ServerLimits, QueueLimits {}

/** The default limits. */
export const DEFAULT_NATIVE_LIMITS: NativeLimits = {
  ...DEFAULT_QUEUE_LIMITS,
  ...DEFAULT_SERVER_LIMITS,
};
