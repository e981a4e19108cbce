/** Durations on the command line. @module */
import { InvalidArgumentError } from "commander";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** 2^31 - 1 ms, almost 25 days: the longest delay that `setTimeout` takes. */
const maxMs = 2 ** 31 - 1;

/**
 * Parses a duration such as `500ms`, `5s`, `1.5m` or `0s` into milliseconds, for commander.
 *
 * @throws {InvalidArgumentError}
 */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d{1,10}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * unitMs[unit ?? ""]!;
  if (!(ms <= maxMs)) {
    throw new InvalidArgumentError("Use a duration such as 500ms, 5s, 2m or 1h, up to 24 days.");
  }
  return ms;
}
