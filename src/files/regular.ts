/**
 * Regular files. A server reads its files again while it serves, so nothing that takes the place of one may stop it:
 * opening a named pipe waits for a writer, perhaps without end (fifo(7)), and a device such as /dev/zero has no end.
 *
 * @module
 */
import type { FileHandle } from "node:fs/promises";
import { Content } from "./content.ts";
import { failureOf, FileError } from "./errors.ts";

/** An open file. Its fields were read from the file that is open, not from one that takes its path a moment later. */
export interface RegularFile extends AsyncDisposable {
  readonly size: number;
  /** Mode and owner, as stat(2) gives them. */
  readonly mode: number;
  readonly uid: number;
  /**
   * Reads from the position in the file into `room`.
   *
   * @returns the number of bytes; 0 at the end
   */
  read(room: Uint8Array): Promise<number>;
}

/**
 * Opens a regular file for reading, without waiting.
 *
 * @throws {FileError} `NOT_FOUND`, `UNREADABLE`; `NOT_REGULAR` for a folder, a pipe, a socket or a device
 */
export async function openRegularFile(path: string): Promise<RegularFile> {
  return await openByLibc(path) ?? await openByNode(path);
}

/**
 * Opens a regular file by libc. node:fs does the same, but takes 25 ms of the start of a server, and 5 MB.
 *
 * @returns undefined for all that `openByNode()` has to do: reporting failures, and other platforms
 */
async function openByLibc(path: string): Promise<RegularFile | undefined> {
  // Without these permissions, a call of libc would ask for one, or would do without the other.
  const needed: Deno.PermissionDescriptor[] = [{ name: "ffi" }, { name: "read", path }];
  if (!needed.every((each) => Deno.permissions.querySync(each).state === "granted")) return;
  const { libc } = await import("../ffi/mod.ts");
  const file = await libc.openRegular(path);
  return file && {
    ...file,
    async read(room) {
      const count = await libc.readRegular(file.fd, room as Uint8Array<ArrayBuffer>);
      if (count < 0) throw failureOf(path, new Error("reading failed"));
      return count;
    },
    [Symbol.asyncDispose]() {
      libc.close(file.fd);
      return Promise.resolve();
    },
  };
}

async function openByNode(path: string): Promise<RegularFile> {
  // Imported here, because threads that read no files would load it too: it takes 1 MB of each.
  const { constants, open } = await import("node:fs/promises");
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const { size, mode, uid, ...kind } = await statOf(file);
    if (!kind.isFile) {
      throw new FileError("NOT_REGULAR", path, `it is ${kind.noun}: name a regular file`);
    }
    const opened = file;
    return {
      ...{ size, mode, uid },
      async read(room) {
        try {
          return (await opened.read(room, 0, room.length, null)).bytesRead;
        } catch (cause) {
          throw failureOf(path, cause);
        }
      },
      [Symbol.asyncDispose]: () => opened.close(),
    };
  } catch (cause) {
    await file?.close();
    throw failureOf(path, cause);
  }
}

/**
 * Reads a regular file of at most `maxBytes` bytes.
 *
 * @throws {FileError} as `openRegularFile()`; `TOO_LARGE`
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<Uint8Array> {
  await using file = await openRegularFile(path);
  const content = new Content(path, file.size, maxBytes);
  for (;;) {
    const count = await file.read(content.room);
    if (count === 0) return content.bytes;
    content.take(count);
  }
}

async function statOf(file: FileHandle) {
  const info = await file.stat();
  const noun = info.isDirectory()
    ? "a folder"
    : info.isFIFO()
    ? "a named pipe"
    : info.isSocket()
    ? "a socket"
    : "a device";
  return { size: info.size, mode: info.mode, uid: info.uid, isFile: info.isFile(), noun };
}
