/**
 * Files that only their owner may access: private keys, passphrases and tokens; and files that only their owner may
 * change.
 *
 * @module
 */
import type { FileHandle } from "node:fs/promises";
import { CryptoError } from "../errors.ts";

/** A private file: its content, and the refusal of a file that is not private. */
export interface PrivateFile {
  /** A view of the caller's buffer. */
  readonly bytes: Uint8Array;
  /** The message, with the remedy, for a file that others can read or replace; otherwise undefined. */
  readonly exposure: string | undefined;
}

/** The protection of a file: nobody else may access it, or nobody else may change it. */
export type Privacy = keyof typeof forbiddenBits;

/** Permission bits of group and others. */
const forbiddenBits = { private: 0o077, unchanged: 0o022 } as const;

/**
 * Reads a private file into `room`, up to the size of the room. Type, owner and mode are read from the
 * opened file, not from a file that takes its path a moment later.
 *
 * @throws {CryptoError} `KEY_FILE` for a file that is not regular, cannot be read or is empty. The message
 * begins with `name`
 */
export async function readPrivateFile(
  path: string,
  room: Uint8Array,
  name: string,
  privacy: Privacy = "private",
): Promise<PrivateFile> {
  // Imported here, because threads that read no files of keys would load it too: it takes 1 MB of each.
  const { constants, open } = await import("node:fs/promises");
  let file: FileHandle | undefined;
  try {
    // Opening a named pipe without O_NONBLOCK waits for a writer, perhaps without end (fifo(7)).
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const info = await file.stat();
    if (!info.isFile()) throw refused(`${name} is ${kindOf(info)}: name a regular file`);
    const length = await fill(file, room);
    if (length === 0) throw refused(`${name} is empty`);
    const mode = modeOf(path, info.mode);
    const exposure = exposureOf({ mode, uid: info.uid }, Deno.uid(), privacy);
    return { bytes: room.subarray(0, length), exposure };
  } catch (error) {
    if (error instanceof CryptoError) throw error;
    throw refused(`${name} cannot be read: ${reasonOf(error)}`, error);
  } finally {
    await file?.close();
  }
}

/**
 * Returns the message for a file that others than the user `self` can read or replace. The superuser may
 * own it.
 *
 * @param self the number of the user that runs the program; null on systems without such numbers
 */
export function exposureOf(
  { mode, uid }: { readonly mode: number; readonly uid: number },
  self: number | null,
  privacy: Privacy = "private",
): string | undefined {
  if (self === null) return undefined;
  if (uid !== self && uid !== 0) {
    return `Refused a file of another user (uid ${uid}): run \`chown\` on it, or on a copy`;
  }
  if ((mode & forbiddenBits[privacy]) === 0) return undefined;
  const bits = (mode & 0o777).toString(8).padStart(4, "0");
  return privacy === "private"
    ? `Refused a file that others can access (mode ${bits}): run \`chmod 600\` on it`
    : `Refused a file that others can change (mode ${bits}): run \`chmod go-w\` on it`;
}

/**
 * Returns the mode of a file, without the read permission of the group if it is a credential of this service: systemd lets
 * the user of a service read it by an access control list, whose mask stands in the place of the group's bits
 * (systemd.exec(5), acl(5)). Only the service can enter the folder of its credentials.
 *
 * @param mode as stat(2) gives it
 */
export function modeOf(path: string, mode: number): number {
  const folder = Deno.env.get("CREDENTIALS_DIRECTORY");
  return folder && path.startsWith(`${folder}/`) ? mode & ~0o040 : mode;
}

type Kind = Pick<
  Awaited<ReturnType<FileHandle["stat"]>>,
  "isDirectory" | "isFIFO" | "isSocket"
>;

function kindOf(info: Kind): string {
  if (info.isDirectory()) return "a directory";
  if (info.isFIFO()) return "a named pipe";
  return info.isSocket() ? "a socket" : "a device";
}

async function fill(file: FileHandle, room: Uint8Array): Promise<number> {
  let length = 0;
  while (length < room.length) {
    const { bytesRead } = await file.read(room, length, room.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

function refused(message: string, cause?: unknown): CryptoError {
  return new CryptoError("KEY_FILE", message, { cause });
}

function reasonOf(error: unknown): string {
  switch ((error as { code?: string }).code) {
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "this user may not read it";
    // Opening a socket (open(2)).
    case "ENXIO":
      return "it is a socket";
  }
  return error instanceof Error ? error.message : String(error);
}
