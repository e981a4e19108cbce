/** Command lines of `keygen` that are refused before the work. @module */
import { checkKeyFilePath } from "../../crypto/mod.ts";
import { usageError } from "../exit.ts";
import type { KeygenOptions } from "./options.ts";

/**
 * Refuses output files that cannot be written, and files that are there unless told to replace them. A
 * file that appears after this check is still not replaced: the write itself makes sure of that.
 *
 * @throws {CliError} for a file that is there
 * @throws {CryptoError} `KEY_FILE` for a file that cannot be written
 */
export async function refuseUnwritable(
  paths: readonly (string | undefined)[],
  { force = false }: Pick<KeygenOptions, "force">,
): Promise<void> {
  for (const path of paths) {
    if (path === undefined) continue;
    if (!force && await isRegular(path)) {
      throw usageError(
        `There is a file ${path} already`,
        "Name another, or replace it with --force",
      );
    }
    await checkKeyFilePath(path, { force });
  }
}

/**
 * Refuses bytes that a terminal cannot show.
 *
 * @throws {CliError}
 */
export function refuseBinaryOnTerminal(format: KeygenOptions["format"], option: string): void {
  if (format !== "der" || !Deno.stdout.isTerminal()) return;
  throw usageError("DER cannot be shown on a terminal", `Name a file with ${option}, or use PEM`);
}

async function isRegular(path: string): Promise<boolean> {
  try {
    const { isFile, isSymlink } = await Deno.lstat(path);
    return isFile || isSymlink;
  } catch {
    // The check of the path throws the error.
    return false;
  }
}
