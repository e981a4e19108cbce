/** The log of requests: a line for each failed or slow call, or for every call. @module */
import {
  type CallObserver,
  type CallTimes,
  formatCaller,
  type ObservedContext,
  StatusCode,
  statusName,
} from "../grpc/mod.ts";
import {
  type ErrorReports,
  errorReports,
  isLogged,
  type Logger,
  type LogLevels,
  parseTraceparent,
  traceparentHeader,
} from "../telemetry/mod.ts";
import { requestIdOf } from "./request_id.ts";

/** Characters of a value that a peer chooses. A line stays shorter than the 4 KiB that a pipe takes at once. */
const MAX_VALUE = 200;

/** Options of the log of requests. */
export interface RequestLogOptions {
  readonly levels: LogLevels;
  /** The time from which on a unary call is slow, in milliseconds; undefined for none. */
  readonly slowMs: number | undefined;
}

/**
 * Logs calls when they end. At the level debug each has a line, without a limit. At info only failed and slow calls
 * have one, at the bounded rate of `errorReports()`, because a peer causes them.
 */
export class RequestLog implements CallObserver {
  readonly #log: Logger;
  #logsSome = false;
  #logsAll = false;
  readonly #slowUs: number;
  readonly #failures: ErrorReports;
  readonly #slow: ErrorReports;

  constructor(log: Logger, { levels, slowMs = Infinity }: RequestLogOptions) {
    this.#log = log;
    this.setLevels(levels);
    this.#slowUs = slowMs * 1_000;
    this.#failures = errorReports(log, undefined, "info");
    this.#slow = errorReports(log, undefined, "info");
  }

  setLevels(levels: LogLevels): void {
    this.#logsSome = isLogged(levels, "requests", "info");
    this.#logsAll = isLogged(levels, "requests", "debug");
  }

  ended(
    context: ObservedContext,
    status: StatusCode,
    message: string | undefined,
    times: CallTimes,
  ): void {
    if (!this.#logsSome) return;
    // CANCELLED is no failure: clients may cancel any call, and end each watch of the health service so.
    const isFailure = status !== StatusCode.OK && status !== StatusCode.CANCELLED;
    if (!isFailure && !this.#logsAll) {
      if (this.#slowUs === Infinity || times.roughUs < this.#slowUs) return;
    }
    const { isUnary, queueUs, totalUs } = times;
    const isSlow = isUnary && totalUs >= this.#slowUs;
    if (!isFailure && !this.#logsAll && !isSlow) return;
    const fields = this.#fieldsOf(context, status, message, queueUs, totalUs);
    if (isFailure) this.#report("Request failed", fields, context.peerIdentity);
    else if (isSlow) this.#report("Request was slow", fields, context.peerIdentity);
    else this.#log.debug("Request served", fields);
  }

  #report(
    event: "Request failed" | "Request was slow",
    fields: Record<string, unknown>,
    peer: string,
  ): void {
    if (this.#logsAll) this.#log.info(event, fields);
    else if (event === "Request failed") this.#failures(event, fields, peer);
    else this.#slow(event, fields, peer);
  }

  #fieldsOf(
    context: ObservedContext,
    status: StatusCode,
    message: string | undefined,
    queueUs: number,
    totalUs: number,
  ): Record<string, unknown> {
    const fields: Record<string, unknown> = { requestId: requestIdOf(context) };
    const traceId = context.traceId ??
      parseTraceparent(context.metadata.get(traceparentHeader))?.traceId;
    if (traceId !== undefined) fields.traceId = traceId;
    fields.peer = shortened(context.peer);
    fields.identity = shortened(formatCaller(context.caller));
    fields.method = shortened(context.method);
    for (const [name, value] of Object.entries(context.logFields ?? {})) {
      if (value !== undefined) fields[name] = shortened(value);
    }
    fields.status = statusName(status);
    if (message) fields.reason = shortened(message);
    fields.queueUs = queueUs;
    fields.totalUs = Math.round(totalUs);
    return fields;
  }
}

function shortened(text: string): string {
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE)}…`;
}
