/** Durations as text. @module */
import { badValue } from "./error.ts";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** 2^31 - 1 ms, almost 25 days: the longest delay that `setTimeout` takes. */
const maxMs = 2 ** 31 - 1;

/**
 * Parses a duration such as `500ms`, `5s`, `1.5m` or `0s` into milliseconds.
 *
 * @throws {ConfigError} `BAD_VALUE`
 */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d{1,10}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * unitMs[unit ?? ""]!;
  if (!(ms <= maxMs)) {
    throw badValue("Use a duration such as 500ms, 5s, 2m or 1h, up to 24 days.");
  }
  return ms;
}

/** Parses a duration above 0. @throws {ConfigError} `BAD_VALUE` */
export function parseTimeLimit(text: string): number {
  const ms = parseDuration(text);
  if (ms > 0) return ms;
  throw badValue("Use a duration above 0, such as 500ms, 5s, 2m or 1h.");
}

/** Parses a duration above 0, or `off`, which is `Infinity`. @throws {ConfigError} `BAD_VALUE` */
export function parseTimeLimitOrOff(text: string): number {
  if (text === "off") return Infinity;
  try {
    return parseTimeLimit(text);
  } catch {
    throw badValue("Use a duration such as 500ms, 5s, 2m or 1h, or off.");
  }
}

/** Formats milliseconds so that `parseDuration()` reads them, in the largest unit that gives a whole number. */
export function formatDuration(ms: number): string {
  // Each unit gives a whole number of 0.
  if (ms === 0) return "0s";
  const [unit, size] = Object.entries(unitMs).findLast(([, size]) => ms % size === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}
