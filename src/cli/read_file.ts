/** The files that options name. @module */
import { type CliError, usageError } from "./exit.ts";
import { missingFileHint, reasonOf } from "./file_failure.ts";

/** The largest file, in MiB. The largest revocation lists have some 100 MB; /dev/zero has no end. */
const MAX_FILE_MIB = 256;

const MAX_FILE_BYTES = MAX_FILE_MIB * 1024 * 1024;

/** Bytes of room for a file whose size is not known, such as a pipe. */
const FIRST_ROOM = 16 * 1024;

/**
 * Reads a file that an option names.
 *
 * @param maxBytes the largest size
 * @throws {CliError} with exit code 2, also for a larger file
 */
export function readFile(file: string, maxBytes = MAX_FILE_BYTES): Uint8Array {
  try {
    const bytes = readUpTo(file, maxBytes);
    if (bytes !== undefined) return bytes;
  } catch (cause) {
    throw cannotRead(file, cause);
  }
  const limit = maxBytes === MAX_FILE_BYTES ? `${MAX_FILE_MIB} MiB` : `${maxBytes} bytes`;
  throw usageError(`Cannot read ${JSON.stringify(file)}: it has more than ${limit}`);
}

/** Reads a file; undefined when it has more than `maxBytes`, of which it reads no more. */
export function readUpTo(file: string, maxBytes: number): Uint8Array | undefined {
  using opened = Deno.openSync(file);
  const { size } = opened.statSync();
  // A file may be larger than its size says: those of /proc have 0.
  let bytes = new Uint8Array(Math.min(maxBytes, Math.max(FIRST_ROOM, size)) + 1);
  let length = 0;
  for (;;) {
    const read = opened.readSync(bytes.subarray(length));
    if (read === null) return bytes.subarray(0, length);
    length += read;
    if (length > maxBytes) return undefined;
    if (length < bytes.length) continue;
    const larger = new Uint8Array(Math.min(maxBytes, 2 * length) + 1);
    larger.set(bytes);
    bytes = larger;
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
