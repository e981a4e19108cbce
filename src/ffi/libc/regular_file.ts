/**
 * Regular files: open(2), statx(2) and read(2), on a thread of Deno's, as a file on a network may take its time. The reason
 * of a failure is not known: errno is that of the other thread.
 *
 * @module
 */
import { cString } from "../_c_string.ts";
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY } from "./constants.ts";
import { close } from "./descriptor.ts";
import { platform } from "./platform.ts";
import { isSupported, libc } from "./_symbols.ts";

/** An argument of statx(2), from fcntl.h: the descriptor itself is meant, not a name in its folder. */
const AT_EMPTY_PATH = 0x1000;

const EMPTY_NAME = cString("");

/** Type, mode, user and size, from linux/stat.h. */
const STATX_FIELDS = 0x1 | 0x2 | 0x8 | 0x200;

/** Bytes of `struct statx` of linux/stat.h, and the offsets of its fields, which are equal on all machines. */
const STATX_BYTES = 256;
const UID = 20;
const MODE = 28;
const SIZE = 40;

/** S_IFMT and S_IFREG of inode(7). */
const TYPE_BITS = 0o170000;
const REGULAR = 0o100000;

/** A regular file that is open for reading. The caller closes `fd`. */
export interface OpenRegularFile {
  readonly fd: number;
  readonly mode: number;
  readonly uid: number;
  readonly size: number;
}

/**
 * Opens a regular file, without waiting for the writer of a named pipe.
 *
 * @returns undefined for a file of another type, on failure, and where there is no libc
 */
export async function openRegular(path: string): Promise<OpenRegularFile | undefined> {
  if (!isSupported()) return undefined;
  const { symbols } = libc();
  const flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
  const fd = await lending(cString(path), (name) => symbols.open_off_thread(name, flags));
  if (fd < 0) return undefined;
  const bytes = new Uint8Array(STATX_BYTES);
  const status = new DataView(bytes.buffer);
  const result = await lending(bytes, () =>
    symbols.syscall_statx_off_thread(
      platform!.statx,
      fd,
      EMPTY_NAME,
      AT_EMPTY_PATH,
      STATX_FIELDS,
      bytes,
    ));
  const mode = status.getUint16(MODE, true);
  if (result === 0 && (mode & TYPE_BITS) === REGULAR) {
    return {
      fd,
      mode,
      uid: status.getUint32(UID, true),
      size: Number(status.getBigUint64(SIZE, true)),
    };
  }
  close(fd);
  return undefined;
}

/** Reads from the position in a file: the number of bytes, 0 at the end, or -1 on failure. */
export async function readRegular(fd: number, room: Uint8Array<ArrayBuffer>): Promise<number> {
  return await lending(room, () => libc().symbols.read_off_thread(fd, room, room.length));
}

/** Memory that another thread uses. */
const lent = new Set<Uint8Array>();

/** Keeps memory from the garbage collector during a call on another thread. */
async function lending(
  memory: Uint8Array<ArrayBuffer>,
  call: (memory: Uint8Array<ArrayBuffer>) => Promise<number>,
): Promise<number> {
  lent.add(memory);
  try {
    return await call(memory);
  } finally {
    lent.delete(memory);
  }
}
