import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { CryptoError } from "../errors.ts";

/** How a key file is written. */
export interface WriteKeyFileOptions {
  /** Replaces a file that is there. */
  readonly force?: boolean;
}

/**
 * Writes a private key file with mode 0600. It appears whole or not at all: it is written to a temporary
 * file beside it, synchronised, and put in its place. Without `force` that is done by link(2), which
 * never replaces a file, even one that has appeared a moment ago; with it, by rename(2).
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

/** Writes a public key file, readable by all, in the way of {@linkcode writePrivateKeyFile}. */
export function writePublicKeyFile(
  path: string,
  bytes: Uint8Array,
  options?: WriteKeyFileOptions,
): Promise<void> {
  return write(path, bytes, 0o644, options);
}

async function write(
  path: string,
  bytes: Uint8Array,
  mode: number,
  { force = false }: WriteKeyFileOptions = {},
): Promise<void> {
  const suffix = randomBytes(8).toString("hex");
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${suffix}`);
  let created = false;
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true, mode });
    created = true;
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    await file.sync();
    if (force) {
      await Deno.rename(temporary, path);
      created = false;
    } else {
      await Deno.link(temporary, path);
    }
  } catch (cause) {
    throw new CryptoError("KEY_FILE", `Key file ${path} was not written: ${reasonOf(cause)}`, {
      cause,
    });
  } finally {
    if (created) await Deno.remove(temporary);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AlreadyExists) {
    return "there is one already; name another, or use --force to replace it";
  }
  if (error instanceof Deno.errors.NotFound) return "its directory does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not write there";
  if (error instanceof Deno.errors.NotCapable) return "Deno was not given --allow-write for it";
  return error instanceof Error ? error.message : String(error);
}
