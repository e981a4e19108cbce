/** The files that options name. @module */
import { readAnyFile, readRegularFile, readStream, reasonOf } from "../files/mod.ts";
import { type CliError, usageError } from "./exit.ts";
import { missingFileHint } from "./file_failure.ts";

/** 256 MiB: the largest revocation lists have some 100 MB. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** 64 MiB: a revocation list of a million certificates. */
const MAX_SERVER_FILE_BYTES = 64 * 1024 * 1024;

/**
 * Reads a file of a command that reads it once. It may be a pipe, such as that of `<(command)`.
 *
 * @param maxBytes the largest size
 * @throws {CliError} with exit code 2
 */
export function readFile(path: string, maxBytes = MAX_FILE_BYTES): Uint8Array {
  try {
    return readAnyFile(path, maxBytes);
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

/**
 * Reads standard input to its end.
 *
 * @throws {CliError} with exit code 2
 */
export async function readStandardInput(): Promise<Uint8Array> {
  try {
    return await readStream("-", Deno.stdin.readable, MAX_FILE_BYTES);
  } catch (cause) {
    throw usageError(`Cannot read standard input: ${reasonOf(cause)}`);
  }
}

/**
 * Reads a regular file of a server, which reads it again at each reload.
 *
 * @throws {CliError} with exit code 2
 */
export async function readServerFile(path: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, MAX_SERVER_FILE_BYTES);
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

/** Returns the error of a file that cannot be read. */
export function cannotRead(path: string, cause: unknown): CliError {
  return usageError(
    `Cannot read ${JSON.stringify(path)}: ${reasonOf(cause)}`,
    missingFileHint(cause),
  );
}
