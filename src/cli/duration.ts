import { InvalidArgumentError } from "commander";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The longest timer that there is: setTimeout holds its milliseconds in 31 bits. */
const maxMs = 2 ** 31 - 1;

/**
 * Milliseconds of a duration such as `500ms`, `5s`, `1.5m` or `0s`: a commander argument parser.
 *
 * @throws {InvalidArgumentError}
 */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d{1,10}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * unitMs[unit ?? ""]!;
  if (!(ms <= maxMs)) {
    throw new InvalidArgumentError("Write it as 500ms, 5s, 2m or 1h, up to 24 days.");
  }
  return ms;
}
