/** The files that options name. @module */
import { type CliError, usageError } from "./exit.ts";
import { missingFileHint, reasonOf } from "./file_failure.ts";

/**
 * Reads a file that an option names.
 *
 * @throws {CliError} with exit code 2
 */
export function readFile(file: string): Uint8Array {
  try {
    return Deno.readFileSync(file);
  } catch (cause) {
    throw cannotRead(file, cause);
  }
}

/** Returns the error of a file that cannot be read. */
export function cannotRead(file: string, cause: unknown): CliError {
  return usageError(
    `Cannot read ${JSON.stringify(file)}: ${reasonOf(cause)}`,
    missingFileHint(cause),
  );
}
