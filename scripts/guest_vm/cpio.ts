/** An entry of the archive. Its path is relative, without a leading slash. */
export type Entry =
  | { kind: "directory"; path: string }
  | { kind: "file"; path: string; mode: number; size: number }
  | { kind: "symlink"; path: string; target: string }
  | { kind: "character device"; path: string; mode: number; major: number; minor: number };

/** The file type bits of `st_mode`, inode(7). */
const FILE_TYPE = {
  "directory": 0o040000,
  "file": 0o100000,
  "symlink": 0o120000,
  "character device": 0o020000,
} as const;

/** The size field has eight hexadecimal digits. */
const MAX_SIZE = 0xffff_ffff;

const encoder = new TextEncoder();

/**
 * Encodes the header of an entry, padded to four bytes. A file's content and `padding()` of its size follow.
 *
 * The format is the kernel's `newc` (Documentation/driver-api/early-userspace/buffer-format.rst): the
 * magic, thirteen numbers of eight hexadecimal digits, the name with its NUL. All entries belong to root and are
 * dated 1970, so that equal trees give equal archives.
 */
export function encodeEntry(entry: Entry, inode: number): Uint8Array<ArrayBuffer> {
  const target = entry.kind === "symlink" ? encoder.encode(entry.target) : new Uint8Array();
  const size = entry.kind === "file" ? entry.size : target.length;
  if (size > MAX_SIZE) {
    throw new RangeError(`Cannot archive ${entry.path}: ${size} bytes are too many`);
  }
  const permissions = "mode" in entry ? entry.mode & 0o7777 : 0o755;
  const device = entry.kind === "character device" ? [entry.major, entry.minor] : [0, 0];
  const links = entry.kind === "directory" ? 2 : 1;
  const mode = FILE_TYPE[entry.kind] | permissions;
  return encodeRaw(entry.path, [inode, mode, 0, 0, links, 0, size, 0, 0, ...device], target);
}

/** Encodes the entry that ends an archive. */
export function encodeTrailer(): Uint8Array<ArrayBuffer> {
  return encodeRaw("TRAILER!!!", [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], new Uint8Array());
}

/** Returns the zeros that follow `size` bytes of content. */
export function padding(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(-size & 3);
}

/** @param numbers the fields from `c_ino` to `c_rdevminor`; the name's length and a checksum of 0 follow */
function encodeRaw(path: string, numbers: number[], content: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = encoder.encode(`${path}\0`);
  const header = encoder.encode(
    "070701" + [...numbers, name.length, 0].map((n) => n.toString(16).padStart(8, "0")).join(""),
  );
  const contentAt = header.length + name.length + padding(header.length + name.length).length;
  const bytes = new Uint8Array(contentAt + content.length + padding(content.length).length);
  bytes.set(header);
  bytes.set(name, header.length);
  bytes.set(content, contentAt);
  return bytes;
}
