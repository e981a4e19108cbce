/** Observers of calls, such as the log of requests. @module */
import type { CallContext } from "./handler.ts";
import type { StatusCode } from "./status.ts";

/** The part of a call's context that observers use. A call that was refused before its handler has only this part. */
export type ObservedContext = Pick<
  CallContext,
  | "method"
  | "peer"
  | "peerIdentity"
  | "caller"
  | "metadata"
  | "requestId"
  | "traceId"
  | "logFields"
  | "parts"
>;

/** The times of a call that has ended. */
export interface CallTimes {
  /** True for a method with one request and one response. */
  readonly isUnary: boolean;
  /** Microseconds for which the call's work waited in the queue. */
  readonly queueUs: number;
  /** Microseconds from the request's headers to now. Reads the clock. */
  readonly totalUs: number;
  /**
   * Microseconds from the request's headers to now, as `totalUs`. For most of the shortest calls, such as Echo, the
   * clock is that of the start of the turn, as reading it takes a tenth of their time.
   */
  readonly roughUs: number;
}

/** Observes the calls of a server. */
export interface CallObserver {
  /**
   * Called at the end of every call, on the thread that served it. Must not throw.
   *
   * @param message the status message of a call that failed
   */
  ended(
    context: ObservedContext,
    status: StatusCode,
    message: string | undefined,
    times: CallTimes,
  ): void;
}

/**
 * Joins observers, which are called in their order. Returns undefined for none, so that a server without observers
 * does no work for them.
 */
export function joinObservers(
  ...observers: readonly (CallObserver | undefined)[]
): CallObserver | undefined {
  const all = observers.filter((one) => one !== undefined);
  if (all.length <= 1) return all[0];
  return {
    ended(context, status, message, times) {
      for (const one of all) one.ended(context, status, message, times);
    },
  };
}
