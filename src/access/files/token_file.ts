/**
 * Files of tokens. A line has the name of a token, its hash and perhaps dates:
 *
 * ```text
 * # the pipeline of releases
 * deploy sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 expires=2027-01-01
 * ```
 *
 * A name may stand on several lines, for the time in which a token takes the place of another.
 *
 * @module
 */
import { AccessError, type TokenEntry } from "../mod.ts";

/** 1,000: tokens of a file, as a token that is looked up is compared with each. */
const MAX_TOKENS = 1_000;

/** 128 characters, of the characters that key ids may have: they need no quoting in a rule or a log line. */
const NAME = /^[A-Za-z0-9._:/@+-]{1,128}$/;

const HASH = /^sha256:([0-9a-fA-F]{64})$/;

/** A day, or a time with its offset from UTC (RFC 3339). */
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Reads a file of tokens.
 *
 * @param name of the file, for messages
 * @throws {AccessError} `BAD_TOKENS` with the line
 */
export function readTokens(text: string, name: string): TokenEntry[] {
  const entries: TokenEntry[] = [];
  const lines = new Map<string, number>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const entry = readLine(line, `${name}:${index + 1}`);
    const hash = entry.hash.toHex();
    const other = lines.get(hash);
    if (other !== undefined) {
      throw bad(`${name}:${index + 1}`, `this hash is on line ${other} as well: remove one`);
    }
    lines.set(hash, index + 1);
    entries.push(entry);
    if (entries.length > MAX_TOKENS) throw bad(name, `it has more than ${MAX_TOKENS} tokens`);
  }
  return entries;
}

/** Writes the line of a token. */
export function formatTokenLine({ name, hash, notBefore, expires }: TokenEntry): string {
  const date = (milliseconds: number) => new Date(milliseconds).toISOString().replace(".000Z", "Z");
  return [
    name,
    `sha256:${hash.toHex()}`,
    ...(notBefore === undefined ? [] : [`not-before=${date(notBefore)}`]),
    ...(expires === undefined ? [] : [`expires=${date(expires)}`]),
  ].join(" ");
}

/** Reports whether a text can be the name of a token. */
export function isTokenName(name: string): boolean {
  return NAME.test(name);
}

/** Reads a day or a time as milliseconds since 1970; undefined for any other text. */
export function readDate(text: string): number | undefined {
  const time = DATE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

function readLine(line: string, place: string): TokenEntry {
  const [name = "", hash = "", ...rest] = line.split(/\s+/);
  if (!isTokenName(name)) {
    throw bad(place, "a name has 1 to 128 letters, digits and ._:/@+-");
  }
  const [, hex] = HASH.exec(hash) ?? [];
  // The text is not repeated: it may be the token itself.
  if (hex === undefined) {
    throw bad(place, `${name} needs a hash, sha256: and 64 hexadecimal digits`);
  }
  let notBefore: number | undefined;
  let expires: number | undefined;
  for (const word of rest) {
    const [, key, value = ""] = /^(not-before|expires)=(.*)$/.exec(word) ?? [];
    const date = readDate(value);
    if (key === undefined || date === undefined) {
      throw bad(place, `${name} may have not-before=DATE and expires=DATE, such as 2027-01-01`);
    }
    if (key === "expires") expires = date;
    else notBefore = date;
  }
  if (notBefore !== undefined && expires !== undefined && expires <= notBefore) {
    throw bad(place, `${name} expires before it is valid`);
  }
  return { name, hash: Uint8Array.fromHex(hex), notBefore, expires };
}

function bad(place: string, reason: string): AccessError {
  return new AccessError("BAD_TOKENS", `${place}: ${reason}`);
}
