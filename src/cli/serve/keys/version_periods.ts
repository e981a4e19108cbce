/**
 * Files of the periods in which the versions of a key are used.
 *
 * ```text
 * # version  dates (UTC unless they have an offset)
 * 1  sign-until=2027-01-01 verify-until=2029-01-01
 * 2  not-before=2027-01-01
 * ```
 *
 * @module
 */
import { CryptoError, type KeyPeriod } from "../../../crypto/mod.ts";
import { mayExist } from "../../file_status.ts";
import { readProtectedFile } from "../../protected_file.ts";
import type { KeyReading } from "./read_key.ts";

/** The name of the file in the folder of a key. */
export const VERSIONS_FILE = "versions.txt";

/** 16 KiB: a line of three dates for each version, and comments. */
const MAX_BYTES = 16 * 1024;

/** The words of a line, with the bounds of a period that they set. */
const bounds: Readonly<Record<string, keyof KeyPeriod>> = {
  "not-before": "notBefore",
  "sign-until": "signUntil",
  "verify-until": "verifyUntil",
};

/**
 * Reads the periods of versions by their numbers. Without a file there is none.
 *
 * @param versions the numbers that the file may have
 * @throws {CryptoError} `BAD_KEY_VERSION` with the line; `KEY_FILE`
 */
export async function readPeriods(
  path: string,
  versions: readonly number[],
  { allowInsecureKeyFiles: allowInsecure }: KeyReading,
): Promise<Map<number, KeyPeriod>> {
  const periods = new Map<number, KeyPeriod>();
  if (!mayExist(path)) return periods;
  const protection = { privacy: "unchanged", maxBytes: MAX_BYTES, allowInsecure } as const;
  const bytes = await readProtectedFile(path, `Versions file ${path}`, protection);
  const { readDate } = await import("../../../access/files/mod.ts");
  for (const [index, raw] of new TextDecoder().decode(bytes).split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [number = "", ...words] = line.split(/\s+/);
    const refused = (reason: string) =>
      new CryptoError("BAD_KEY_VERSION", `${path}:${index + 1}: ${reason}`);
    const version = Number(number);
    if (!/^\d+$/.test(number) || !versions.includes(version)) {
      throw refused(
        `${JSON.stringify(number.slice(0, 40))} is no version here: there is ${
          versions.toSorted((a, b) => a - b).join(", ")
        }`,
      );
    }
    if (periods.has(version)) throw refused(`version ${version} is on a line before as well`);
    periods.set(version, readPeriod(words, readDate, refused));
  }
  return periods;
}

function readPeriod(
  words: readonly string[],
  readDate: (text: string) => number | undefined,
  refused: (reason: string) => Error,
): KeyPeriod {
  const period: { -readonly [B in keyof KeyPeriod]: KeyPeriod[B] } = {};
  for (const word of words) {
    const [name = "", text = ""] = word.split("=", 2);
    const bound = Object.hasOwn(bounds, name) ? bounds[name]! : undefined;
    const date = readDate(text);
    if (bound === undefined || date === undefined) {
      throw refused(
        `${JSON.stringify(word.slice(0, 60))} is no date: write not-before, sign-until or ` +
          "verify-until, = and a day or time, such as 2027-01-01",
      );
    }
    period[bound] = date;
  }
  return period;
}
