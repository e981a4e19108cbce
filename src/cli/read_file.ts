/** The files that options name. @module */
import { type CliError, usageError } from "./exit.ts";

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
  const { message } = cause as Error;
  // Deno adds the errno, and the path again.
  const reason = message.replace(/ \(os error \d+\).*/s, "");
  return usageError(`Cannot read ${JSON.stringify(file)}: ${reason}`);
}
