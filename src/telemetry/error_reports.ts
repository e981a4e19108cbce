/** Rate-limited error logs. @module */
import type { LogEvent } from "./events.ts";
import type { Logger } from "./logs.ts";

/** 10 reports at once, then 1 a second. */
const BURST = 10;
const PER_SECOND = 1;

/** Logs an error. */
export type ErrorReports = (event: LogEvent, properties: Record<string, unknown>) => void;

/**
 * Logs errors that a peer may cause, at a bounded rate, so that a peer that repeats one cannot fill the disk. The next
 * line has the number of omitted ones.
 *
 * @param now the clock, in milliseconds
 * @param level of the log lines
 */
export function errorReports<L extends "error" | "warn" | "info" = "error">(
  log: Pick<Logger, L>,
  now: () => number = () => performance.now(),
  level: L = "error" as L,
): ErrorReports {
  let tokens = BURST;
  let since = now();
  let omitted = 0;
  return (event, properties) => {
    const time = now();
    tokens = Math.min(BURST, tokens + (time - since) / 1_000 * PER_SECOND);
    since = time;
    if (tokens < 1) {
      omitted++;
      return;
    }
    tokens--;
    log[level](event, omitted > 0 ? { ...properties, omitted } : properties);
    omitted = 0;
  };
}
