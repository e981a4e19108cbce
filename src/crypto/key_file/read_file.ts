import { CryptoError } from "../errors.ts";
import type { CryptoProvider, PrivateKey } from "../provider.ts";
import { readPrivateKey, type ReadPrivateKeyOptions } from "./read.ts";

/** How a private key file is read. */
export interface ReadPrivateKeyFileOptions extends ReadPrivateKeyOptions {
  /** Reads also a file that its group or others can access. */
  readonly allowInsecure?: boolean;
}

/** The largest key file that is read. An RSA-4096 key in PEM has 3.3 KB; the rest is for text around it. */
export const MAX_KEY_FILE_BYTES = 64 * 1024;

/** The permission bits of group and others. */
const GROUP_AND_OTHERS = 0o077;

/**
 * Reads a private key file, as {@linkcode readPrivateKey} does. Its permissions are those of the opened
 * file, not of whatever stands at the path a moment later.
 *
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be read, is a directory, empty or too large, or
 * that others can access; `BAD_KEY`, `KEY_REFUSED`, `BAD_PASSPHRASE`. The message names the file
 */
export async function readPrivateKeyFile(
  provider: CryptoProvider,
  path: string,
  { allowInsecure = false, ...options }: ReadPrivateKeyFileOptions = {},
): Promise<PrivateKey> {
  const room = new Uint8Array(MAX_KEY_FILE_BYTES + 1);
  try {
    const length = await load(path, room, allowInsecure);
    return await readPrivateKey(provider, room.subarray(0, length), `Key file ${path}`, options);
  } finally {
    room.fill(0);
  }
}

/** Reads a file into `room`, and returns how much it holds. */
async function load(path: string, room: Uint8Array, allowInsecure: boolean): Promise<number> {
  try {
    using file = await Deno.open(path);
    const { isDirectory, mode } = await file.stat();
    if (isDirectory) throw refused(path, "is a directory: name a file in it");
    if (mode !== null && (mode & GROUP_AND_OTHERS) !== 0 && !allowInsecure) {
      const bits = (mode & 0o777).toString(8).padStart(4, "0");
      throw refused(path, `can be accessed by others (mode ${bits}): run \`chmod 600\` on it`);
    }
    const length = await fill(file, room);
    if (length === 0) throw refused(path, "is empty: name a file with a private key");
    if (length > MAX_KEY_FILE_BYTES) {
      throw refused(
        path,
        `has more than ${MAX_KEY_FILE_BYTES} bytes: name a file with one private key`,
      );
    }
    return length;
  } catch (error) {
    if (error instanceof CryptoError) throw error;
    throw refused(path, `cannot be read: ${reasonOf(error)}`, error);
  }
}

async function fill(file: Deno.FsFile, room: Uint8Array): Promise<number> {
  let length = 0;
  while (length < room.length) {
    const count = await file.read(room.subarray(length));
    if (count === null) break;
    length += count;
  }
  return length;
}

function refused(path: string, why: string, cause?: unknown): CryptoError {
  return new CryptoError("KEY_FILE", `Key file ${path} ${why}`, { cause });
}

/** The remedy that belongs to an error of opening a file, or else its own words. */
function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  if (error instanceof Deno.errors.NotCapable) return "Deno was not given --allow-read for it";
  return error instanceof Error ? error.message : String(error);
}
