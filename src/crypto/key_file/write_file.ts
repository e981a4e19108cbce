/**
 * Key files that are written: checked before the work, and written whole or not at all.
 *
 * @module
 */
import { nodeCrypto, nodePath } from "../../node/mod.ts";
import { CryptoError } from "../errors.ts";

/** Options of writing a key file. */
export interface WriteKeyFileOptions {
  /** Replaces a file that is there. */
  readonly force?: boolean;
  /** The kind of the file in messages; "Key file" by default. */
  readonly kind?: string;
}

/**
 * Writes a private key file with mode 0600. It appears whole or not at all: the content is written to a
 * temporary file in the same folder, synchronised, and moved into place. Without `force` the move is a
 * link(2), which never replaces a file; with `force` it is a rename(2).
 *
 * @throws {CryptoError} `KEY_FILE`, and nothing is left behind
 */
export function writePrivateKeyFile(
  path: string,
  bytes: Uint8Array,
  options?: WriteKeyFileOptions,
): Promise<void> {
  return write(path, bytes, 0o600, options);
}

/** Writes a public key file, readable by all, otherwise as {@linkcode writePrivateKeyFile} does. */
export function writePublicKeyFile(
  path: string,
  bytes: Uint8Array,
  options?: WriteKeyFileOptions,
): Promise<void> {
  return write(path, bytes, 0o644, options);
}

/**
 * Ensures that a key file could be written, so that a wrong path is found before the key is generated.
 * The temporary file that it creates is removed at once: an interrupted program leaves none.
 *
 * @throws {CryptoError} `KEY_FILE`
 */
export async function checkKeyFilePath(
  path: string,
  { force = false, kind }: WriteKeyFileOptions = {},
): Promise<void> {
  try {
    const existing = await find(path);
    if (existing !== undefined && !force) throw new Deno.errors.AlreadyExists();
    const temporary = temporaryBeside(path);
    (await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 })).close();
    await Deno.remove(temporary);
  } catch (cause) {
    throw notWritten(path, cause, kind);
  }
}

async function write(
  path: string,
  bytes: Uint8Array,
  mode: number,
  { force = false, kind }: WriteKeyFileOptions = {},
): Promise<void> {
  let temporary: string | undefined;
  try {
    await find(path);
    const name = temporaryBeside(path);
    using file = await Deno.open(name, { write: true, createNew: true, mode });
    temporary = name;
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    await file.sync();
    if (force) {
      await Deno.rename(temporary, path);
      temporary = undefined;
    } else {
      await Deno.link(temporary, path);
    }
  } catch (cause) {
    throw notWritten(path, cause, kind);
  } finally {
    if (temporary !== undefined) await Deno.remove(temporary);
  }
}

/**
 * The file or symbolic link at a path; undefined when there is none. Anything else there is refused: a
 * rename would put a file in the place of a device or a pipe.
 */
async function find(path: string): Promise<Deno.FileInfo | undefined> {
  if (path === "") throw new Error("its name is empty; name a file");
  let info: Deno.FileInfo;
  try {
    info = await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  if (info.isDirectory) throw new Error("it is a directory; name a file in it");
  if (!info.isFile && !info.isSymlink) throw new Error("it is no regular file; name another");
  return info;
}

/** The name of a new temporary file in the same folder, so that rename(2) and link(2) can move it. */
function temporaryBeside(path: string): string {
  const suffix = nodeCrypto().randomBytes(8).toString("hex");
  const { basename, dirname, join } = nodePath();
  return join(dirname(path), `.${basename(path).slice(0, 200)}.${suffix}`);
}

function notWritten(path: string, cause: unknown, kind = "Key file"): CryptoError {
  const message = `${kind} ${path || '""'} was not written: ${reasonOf(cause)}`;
  return new CryptoError("KEY_FILE", message, { cause });
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AlreadyExists) {
    return "there is a file of this name already; name another";
  }
  if (error instanceof Deno.errors.NotFound) return "its directory does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not write there";
  if (error instanceof Deno.errors.NotCapable) return "Deno's permissions do not allow it";
  return error instanceof Error ? error.message : String(error);
}
