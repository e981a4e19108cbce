import type { Logger } from "@logtape/logtape";

/** Reports that are written at once, and how many a second after them. */
const BURST = 10;
const PER_SECOND = 1;

/** Writes an error. */
export type ErrorReports = (message: string, properties: Record<string, unknown>) => void;

/**
 * Logs errors that a peer may cause, at a bounded rate: whoever finds one that can be repeated fills no disk with
 * it. The next line that is written tells how many were left out.
 *
 * @param now the clock, in milliseconds
 */
export function errorReports(
  log: Pick<Logger, "error">,
  now: () => number = () => performance.now(),
): ErrorReports {
  let tokens = BURST;
  let since = now();
  let omitted = 0;
  return (message, properties) => {
    const time = now();
    tokens = Math.min(BURST, tokens + (time - since) / 1_000 * PER_SECOND);
    since = time;
    if (tokens < 1) {
      omitted++;
      return;
    }
    tokens--;
    log.error(message, omitted > 0 ? { ...properties, omitted } : properties);
    omitted = 0;
  };
}
