/** The initramfs of a guest, as it is written. @module */
import { dirname, join } from "node:path/posix";
import { encodeEntry, encodeTrailer, type Entry, padding } from "./cpio.ts";

/**
 * Writes an initramfs to a file. Paths in the guest are absolute; parent folders are created.
 *
 * I/O is synchronous: there are a thousand small files, and each wait would cost more than the read.
 */
export class Archive implements Disposable {
  readonly #out: Deno.FsFile;
  readonly #written = new Set(["/"]);
  #inode = 1;

  /** Creates or truncates the file `path`. */
  constructor(path: string) {
    this.#out = Deno.openSync(path, { write: true, create: true, truncate: true });
  }

  [Symbol.dispose](): void {
    this.#out.close();
  }

  /** Adds a file or a folder of the host, with its content, at `path`. Modes are kept, links are followed. */
  add(host: string, path: string): void {
    const { isDirectory, mode } = Deno.statSync(host);
    if (!isDirectory) return this.bytes(path, Deno.readFileSync(host), mode ?? 0o644);
    this.directory(path);
    const names = Array.from(Deno.readDirSync(host), ({ name }) => name).sort();
    for (const name of names) this.add(join(host, name), join(path, name));
  }

  directory(path: string): void {
    if (!this.#written.has(path)) this.#entry({ kind: "directory", path });
  }

  symlink(path: string, target: string): void {
    this.#entry({ kind: "symlink", path, target });
  }

  characterDevice(path: string, mode: number, major: number, minor: number): void {
    this.#entry({ kind: "character device", path, mode, major, minor });
  }

  bytes(path: string, content: Uint8Array | string, mode = 0o644): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.#entry({ kind: "file", path, mode, size: bytes.length });
    this.#write(bytes);
    this.#write(padding(bytes.length));
  }

  finish(): void {
    this.#write(encodeTrailer());
  }

  #entry(entry: Entry): void {
    if (this.#written.has(entry.path)) {
      throw new Error(`Cannot put ${entry.path} into the guest twice`);
    }
    this.directory(dirname(entry.path));
    this.#written.add(entry.path);
    this.#write(encodeEntry({ ...entry, path: entry.path.slice(1) }, this.#inode++));
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += this.#out.writeSync(bytes.subarray(at));
  }
}
