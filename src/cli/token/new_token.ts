/** `signer token new`. @module */
import { formatTokenLine, isTokenName, readDate } from "../../access/files/mod.ts";
import { createToken, hashToken } from "../../access/mod.ts";
import { writePrivateKeyFile } from "../../crypto/mod.ts";
import { usageError } from "../exit.ts";
import { note, writeResult } from "../output.ts";

export interface NewTokenOptions {
  readonly expires?: string;
  readonly notBefore?: string;
  readonly out?: string;
}

/**
 * Makes a token and its line for a file of tokens. Without `--out` the token goes to standard output and the line to
 * standard error; with it the token goes to the file and the line to standard output.
 *
 * @throws {CliError} for a name or a date that cannot be used
 * @throws {CryptoError} `KEY_FILE` when the file cannot be written
 */
export async function newToken(name: string, options: NewTokenOptions): Promise<void> {
  const { expires, notBefore, out } = options;
  if (!isTokenName(name)) {
    throw usageError(
      `${JSON.stringify(name.slice(0, 40))} cannot be the name of a token`,
      "Use 1 to 128 letters, digits and ._:/@+-",
    );
  }
  const now = Date.now();
  const dates = {
    notBefore: timeOf("--not-before", notBefore, now),
    expires: timeOf("--expires", expires, now),
  };
  if (dates.expires !== undefined && dates.expires <= Math.max(now, dates.notBefore ?? 0)) {
    throw usageError("The token would expire before it is valid", "Name a later date");
  }
  const token = createToken();
  const line = formatTokenLine({ name, hash: hashToken(token), ...dates });
  if (out === undefined) {
    note(`the token is not shown again; the line for the file of serve --tokens: ${line}`);
    return writeResult(`${token}\n`);
  }
  await writePrivateKeyFile(out, new TextEncoder().encode(`${token}\n`), { kind: "Token file" });
  note(`token of ${name}: ${out}`);
  writeResult(`${line}\n`);
}

const secondsOf: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** Reads a date, or a time from now in minutes, hours, days or weeks. */
function timeOf(option: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,5})(m|h|d|w)$/.exec(text) ?? [];
  // Whole seconds: the line of the file has no fractions.
  const time = count === undefined
    ? readDate(text)
    : (Math.floor(now / 1_000) + Number(count) * secondsOf[unit!]!) * 1_000;
  if (time !== undefined) return time;
  throw usageError(
    `${option} ${JSON.stringify(text)} is no date`,
    "Write 2027-01-01, 2027-01-01T12:00:00Z, or a time from now such as 12h, 90d or 4w",
  );
}
