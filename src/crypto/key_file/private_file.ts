/**
 * Files that only their owner may access: private keys, passphrases and tokens; and files that only their owner may
 * change.
 *
 * @module
 */
import { FileError, fill, openRegularFile } from "../../files/mod.ts";
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
 * Reads a private file into `room`, up to the size of the room.
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
  try {
    await using file = await openRegularFile(path);
    const bytes = await fill(room, (rest) => file.read(rest));
    if (bytes.length === 0) throw new CryptoError("KEY_FILE", `${name} is empty`);
    const exposure = exposureOf(
      { mode: modeOf(path, file.mode), uid: file.uid },
      Deno.uid(),
      privacy,
    );
    return { bytes, exposure };
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    throw new CryptoError("KEY_FILE", `${name} cannot be read: ${cause.reason}`, { cause });
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
