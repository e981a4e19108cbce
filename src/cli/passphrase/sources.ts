/** Sources of passphrases: files, and a prompt. @module */
import { usageError } from "../exit.ts";
import { warn } from "../output.ts";
import { MAX_PASSPHRASE_BYTES } from "./hidden_line.ts";
import { askHidden } from "./prompt.ts";

/** The environment variable that held a passphrase, in earlier versions. */
const FORMER_VARIABLE = "SIGNER_PASSPHRASE";

/** The command-line options that name the source of a passphrase. */
export interface PassphraseOptions {
  /** `--passphrase-file`: a file that holds one line, or `-` for standard input. */
  readonly passphraseFile?: string | undefined;
  /** `--passphrase-prompt`: ask for it. */
  readonly passphrasePrompt?: boolean | undefined;
}

/** Permission to ask for a passphrase at the terminal, where no option gives one. */
export interface Asking {
  readonly ask: boolean;
}

/**
 * Returns the passphrase of a key that is read: from the file of the options, else from a prompt with
 * `question`, such as `Passphrase of key.pem: `. The caller zeroes it.
 *
 * @param ask false for no prompt, as while a server runs
 * @throws {CliError} when the named source has none, and when there is no terminal to ask at
 */
export async function passphraseToRead(
  options: PassphraseOptions,
  question: string,
  { ask }: Asking = { ask: true },
): Promise<Uint8Array<ArrayBuffer>> {
  if (options.passphraseFile !== undefined) return await readPassphraseFile(options.passphraseFile);
  if (!options.passphrasePrompt) refuseFormerVariable();
  if (!ask || !options.passphrasePrompt && !Deno.stdin.isTerminal()) {
    const why = ask ? "there is no terminal to ask at" : "it is not asked for now";
    throw usageError(
      `${question.replace(/[: ]+$/, "")}: none was given, and ${why}`,
      "Name a file that holds it with --passphrase-file",
    );
  }
  const [answer] = await askHidden([question]);
  return answer!;
}

/**
 * Returns the passphrase of a new key from the file of the options or a prompt, which asks twice. Undefined
 * when the options name neither. The caller zeroes it.
 *
 * @throws {CliError} when the named source has none, and when the two answers differ
 */
export async function passphraseToCreate(
  options: PassphraseOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (options.passphraseFile !== undefined) return await readPassphraseFile(options.passphraseFile);
  if (options.passphrasePrompt) return await askTwice();
  refuseFormerVariable();
  return undefined;
}

/**
 * Refuses the variable of a passphrase, where nothing else names one: other processes of the user can read it.
 * A warning would not do, as `keygen` would write a key without encryption.
 */
function refuseFormerVariable(): void {
  if (!Deno.env.get(FORMER_VARIABLE)) return;
  throw usageError(
    `${FORMER_VARIABLE} is set, but no passphrase is read from the environment`,
    "Unset it, and name a file that holds the passphrase with --passphrase-file",
  );
}

async function askTwice(): Promise<Uint8Array<ArrayBuffer>> {
  const [first, second] = await askHidden(["New passphrase: ", "The same again: "]);
  const same = first!.length === second!.length && first!.every((byte, at) => byte === second![at]);
  second!.fill(0);
  if (same && first!.length > 0) return first!;
  first!.fill(0);
  throw usageError(same ? "The passphrase is empty" : "The two passphrases differ");
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
  if (!await exists(path)) return undefined;
  const { CryptoError, readPrivateFile } = await import("../../crypto/mod.ts");
  const room = new Uint8Array(ROOM);
  try {
    const { bytes, exposure } = await readPrivateFile(path, room, `Passphrase file ${path}`);
    if (exposure !== undefined && !allowInsecure) {
      throw new CryptoError("KEY_FILE", `Passphrase file ${path}: ${exposure}`);
    }
    return oneLine(path, bytes);
  } finally {
    room.fill(0);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Room for the longest passphrase, a line end of two bytes, and one byte more that shows a longer one. */
const ROOM = MAX_PASSPHRASE_BYTES + 3;

/** Reads a file of one line. A file that others can read is used with a warning. */
async function readPassphraseFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(ROOM);
  try {
    return oneLine(path, await readSome(path, buffer));
  } finally {
    buffer.fill(0);
  }
}

/** A copy of the only line of a passphrase file. */
function oneLine(path: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
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

/** Fills `buffer` from a file or, for `-`, from standard input, up to its size. */
async function readSome(path: string, buffer: Uint8Array<ArrayBuffer>) {
  if (path === "-") return buffer.subarray(0, await fill(Deno.stdin, buffer));
  using file = await openPassphraseFile(path);
  const { isFile, mode } = await file.stat();
  // Loaded here, as help lists these options, too.
  const { modeOf } = await import("../../crypto/mod.ts");
  if (isFile && mode !== null && (modeOf(path, mode) & 0o077) !== 0) {
    warn(`others can read the passphrase file ${path}: chmod 600 ${path}`);
  }
  return buffer.subarray(0, await fill(file, buffer));
}

async function openPassphraseFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw usageError(`There is no passphrase file ${path}`, "Check the name, or create it first");
    }
    if (cause instanceof Deno.errors.PermissionDenied) {
      throw usageError(`Cannot read the passphrase file ${path}: permission denied`);
    }
    if (cause instanceof Error) {
      throw usageError(`Cannot read the passphrase file ${JSON.stringify(path)}: ${cause.message}`);
    }
    throw cause;
  }
}

async function fill(
  source: { read(bytes: Uint8Array): Promise<number | null> },
  buffer: Uint8Array,
): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const count = await source.read(buffer.subarray(length));
    if (count === null) break;
    length += count;
  }
  return length;
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end--;
  if (end < bytes.length && bytes[end - 1] === 0x0d) end--;
  return bytes.subarray(0, end);
}
