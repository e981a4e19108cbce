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

/** 64 MiB: a revocation list of a million certificates. */
const MAX_SERVER_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Reads a file of a server, which reads it again while it serves: it waits for no writer of a named pipe, and reads no
 * device without an end.
 *
 * @throws {CliError} with exit code 2
 */
export async function readServerFile(path: string): Promise<Uint8Array> {
  const { constants, open } = await import("node:fs/promises");
  try {
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const info = await file.stat();
    if (info.isDirectory()) throw new Deno.errors.IsADirectory("it is a folder");
    if (!info.isFile()) throw new TypeError("it is a pipe or a device: name a regular file");
    if (info.size > MAX_SERVER_FILE_BYTES) {
      throw new RangeError(`it has more than ${MAX_SERVER_FILE_BYTES} bytes`);
    }
    return new Uint8Array(await file.readFile());
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

/** Returns the error of a file that cannot be read. */
export function cannotRead(file: string, cause: unknown): CliError {
  return usageError(
    `Cannot read ${JSON.stringify(file)}: ${reasonOf(cause)}`,
    missingFileHint(cause),
  );
}
