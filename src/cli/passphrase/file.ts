/** Files with a passphrase on their only line. @module */
import { CryptoError, modeOf, readPrivateFile } from "../../crypto/mod.ts";
import { failureOf, fill, openRegularFile } from "../../files/mod.ts";
import { usageError } from "../exit.ts";
import { mayExist } from "../file_status.ts";
import { warn } from "../output.ts";
import { MAX_PASSPHRASE_BYTES } from "./hidden_line.ts";

/** Room for the longest passphrase, a line end of two bytes, and one byte more that shows a longer one. */
const ROOM = MAX_PASSPHRASE_BYTES + 3;

/** The passphrase of a file. */
export interface FilePassphrase {
  /** The caller zeroes it. */
  readonly passphrase: Uint8Array<ArrayBuffer>;
  /** False for a file that can be read once only: a pipe, or standard input. */
  readonly isRegular: boolean;
}

/**
 * Reads a passphrase from a file of any kind or, for `-`, from standard input. Waits for the writer of a pipe. A file that
 * others can read is used with a warning.
 *
 * @throws {CliError} for a file that holds no passphrase or cannot be read
 */
export async function readPassphraseFile(path: string): Promise<FilePassphrase> {
  if (path === "-") {
    return { passphrase: await readLine(path, (room) => Deno.stdin.read(room)), isRegular: false };
  }
  using file = await attempt(path, () => Deno.open(path));
  const { isFile, mode } = await file.stat();
  if (isFile) warnOfReaders(path, mode);
  return { passphrase: await readLine(path, (room) => file.read(room)), isRegular: isFile };
}

/**
 * Reads a passphrase from a regular file, without waiting for anything. A file that others can read is used with a warning.
 * The caller zeroes the result.
 *
 * @throws {CliError} for a file that holds no passphrase or cannot be read, and for standard input
 */
export async function readRegularPassphraseFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (path === "-") {
    throw usageError("The passphrase cannot be read from standard input again", NAME_REGULAR);
  }
  await using file = await attempt(path, () => openRegularFile(path));
  warnOfReaders(path, file.mode);
  return await readLine(path, (room) => file.read(room));
}

/**
 * Reads the passphrase file of one key, which must be as private as the key; undefined when there is no
 * such file. The caller zeroes the result.
 *
 * @throws {CliError} for a file that holds no passphrase
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, and for one that others can access
 * unless `allowInsecure` is set
 */
export async function passphraseBeside(
  path: string,
  { allowInsecure }: { readonly allowInsecure: boolean },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!mayExist(path)) return undefined;
  const room = new Uint8Array(ROOM);
  try {
    const { bytes, exposure } = await readPrivateFile(path, room, `Passphrase file ${path}`);
    if (exposure !== undefined && !allowInsecure) {
      throw new CryptoError("KEY_FILE", `Passphrase file ${path}: ${exposure}`);
    }
    return onlyLine(path, bytes);
  } finally {
    room.fill(0);
  }
}

const NAME_REGULAR = "Name a regular file with --passphrase-file: a reload reads it again";

function warnOfReaders(path: string, mode: number | null): void {
  if (mode !== null && (modeOf(path, mode) & 0o077) !== 0) {
    warn(`others can read the passphrase file ${path}: chmod 600 ${path}`);
  }
}

/** Opens or reads a passphrase file, and makes a usage error of a failure. */
async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const { code, reason } = failureOf(path, cause);
    if (code === "NOT_FOUND") {
      throw usageError(`There is no passphrase file ${path}`, "Check the name, or create it first");
    }
    throw usageError(
      `Cannot read the passphrase file ${path}: ${reason}`,
      code === "NOT_REGULAR" ? NAME_REGULAR : undefined,
    );
  }
}

/** Reads up to the end or the largest size, whichever comes first, and returns a copy of the only line. */
async function readLine(
  path: string,
  read: (room: Uint8Array) => Promise<number | null>,
): Promise<Uint8Array<ArrayBuffer>> {
  const room = new Uint8Array(ROOM);
  try {
    return onlyLine(path, await fill(room, (rest) => attempt(path, () => read(rest))));
  } finally {
    room.fill(0);
  }
}

/** Returns a copy of the only line of a passphrase file. */
function onlyLine(path: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const line = withoutLineEnd(bytes);
  if (line.length === 0) {
    throw usageError(
      `The passphrase file ${path} is empty`,
      "Put the passphrase on its first line",
    );
  }
  if (line.length > MAX_PASSPHRASE_BYTES) {
    throw usageError(
      `The passphrase file ${path} holds more than ${MAX_PASSPHRASE_BYTES} bytes`,
      "Name the file that holds the passphrase and nothing else",
    );
  }
  if (line.includes(0x0a)) {
    throw usageError(
      `The passphrase file ${path} holds more than one line`,
      "Name the file that holds the passphrase and nothing else",
    );
  }
  return new Uint8Array(line);
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end--;
  if (end < bytes.length && bytes[end - 1] === 0x0d) end--;
  return bytes.subarray(0, end);
}
