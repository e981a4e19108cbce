import { usageError } from "../exit.ts";
import type { KeygenOptions } from "./options.ts";

/**
 * Refuses files that are there, unless told to replace them. Only a courtesy: what writes a file makes
 * sure of it, whatever happens in between.
 *
 * @throws {CliError}
 */
export async function refuseToOverwrite(
  paths: readonly (string | undefined)[],
  { force = false }: Pick<KeygenOptions, "force">,
): Promise<void> {
  if (force) return;
  for (const path of paths) {
    if (path === undefined || !await exists(path)) continue;
    throw usageError(`There is a file ${path} already`, "Name another, or replace it with --force");
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

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
