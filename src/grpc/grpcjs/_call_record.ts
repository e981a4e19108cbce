/** Counts and observations of calls that have come to their handler. @module */
import { parseTraceparent, traceparentHeader } from "../../telemetry/mod.ts";
import {
  type CallObserver,
  type MethodMeter,
  type ObservedContext,
  RpcError,
  type ServerMeter,
  StatusCode,
} from "../mod.ts";

/** The counts and the observer of a method's calls. */
export interface MethodRecords {
  readonly isUnary: boolean;
  readonly meter: MethodMeter | undefined;
  readonly serverMeter: ServerMeter | undefined;
  readonly observer: CallObserver | undefined;
}

/** The times of one call, from its start. Its status is counted by its stream (`HeldStream`). */
export class CallRecord {
  readonly #records: MethodRecords;
  readonly #began = performance.now();
  #waitedMs = 0;
  #hasEnded = false;

  constructor(records: MethodRecords) {
    this.#records = records;
  }

  /** Adds the time for which work of the call has waited in the queue. */
  waited(ms: number): void {
    this.#waitedMs += ms;
    this.#records.meter?.waited(ms);
  }

  /**
   * Records the end of the call, once: a response that cannot be sent is an error after a success.
   *
   * @param error undefined for a call that has succeeded
   */
  ended(context: ObservedContext, error?: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { isUnary, meter, serverMeter, observer } = this.#records;
    const ms = performance.now() - this.#began;
    if (isUnary && error === undefined) {
      meter?.measured(Math.max(0, ms - this.#waitedMs), sampledTrace(context));
    }
    if (error instanceof RpcError && error.limit !== undefined) serverMeter?.limit(error.limit);
    if (observer === undefined) return;
    const [code, message] = statusOf(error);
    const totalUs = ms * 1_000;
    const queueUs = Math.trunc(this.#waitedMs * 1_000);
    observer.ended(context, code, message, { isUnary, queueUs, totalUs, roughUs: totalUs });
  }
}

function statusOf(error: unknown): [StatusCode, string | undefined] {
  if (error === undefined) return [StatusCode.OK, undefined];
  return error instanceof RpcError ? [error.code, error.message] : [StatusCode.INTERNAL, undefined];
}

/** Returns the trace of a call whose caller records it. */
function sampledTrace({ metadata }: ObservedContext): string | undefined {
  const context = parseTraceparent(metadata.get(traceparentHeader));
  return context?.sampled ? context.traceId : undefined;
}
