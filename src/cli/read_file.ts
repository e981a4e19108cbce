/** The files that options name. @module */
import { usageError } from "./exit.ts";

/**
 * Reads a file that an option names.
 *
 * @throws {CliError} with exit code 2
 */
export function readFile(file: string): Uint8Array {
  try {
    return Deno.readFileSync(file);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw usageError(`Cannot read ${JSON.stringify(file)}: ${cause.message}`);
  }
}
