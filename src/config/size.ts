/** Sizes as text. @module */
import { badValue } from "./error.ts";

const units = ["", "KiB", "MiB", "GiB"];

/** The largest message that a length prefix of gRPC can announce. */
const maxSize = 2 ** 32 - 1;

/**
 * Parses a number of bytes such as `65536`, `64KiB`, `16MiB` or `1GiB`.
 *
 * @throws {ConfigError} `BAD_VALUE`
 */
export function parseSize(text: string): number {
  const [, number, unit = ""] = /^(\d{1,10})(KiB|MiB|GiB)?$/.exec(text) ?? [];
  const bytes = Number(number) * 1024 ** units.indexOf(unit);
  if (bytes >= 1 && bytes <= maxSize) return bytes;
  throw badValue("Write bytes, such as 65536, 64KiB or 16MiB, up to 4 GiB.");
}

/** Formats a number of bytes so that `parseSize()` reads it, in the largest unit that gives a whole number. */
export function formatSize(bytes: number): string {
  let unit = 0;
  while (bytes % 1024 === 0 && unit < units.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${bytes}${units[unit]}`;
}
