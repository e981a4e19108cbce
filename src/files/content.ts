/** The content of a file that is being read, up to a limit. @module */
import { tooLarge } from "./errors.ts";

/** 16 KiB of room for a file whose size is not known, such as a pipe. */
const FIRST_ROOM = 16 * 1024;

export class Content {
  readonly #path: string;
  readonly #maxBytes: number;
  #buffer: Uint8Array;
  #length = 0;

  /** @param size the size of the file, which may be larger: files of /proc have the size 0 */
  constructor(path: string, size: number, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#buffer = new Uint8Array(Math.min(maxBytes, Math.max(FIRST_ROOM, size)) + 1);
  }

  /** The free part of the buffer, of one byte or more. */
  get room(): Uint8Array {
    return this.#buffer.subarray(this.#length);
  }

  /** The bytes that have been read. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /**
   * Adds the first `count` bytes of `room` to the content.
   *
   * @throws {FileError} `TOO_LARGE`
   */
  take(count: number): void {
    this.#length += count;
    if (this.#length > this.#maxBytes) throw tooLarge(this.#path, this.#maxBytes);
    if (this.#length < this.#buffer.length) return;
    const larger = new Uint8Array(Math.min(this.#maxBytes, 2 * this.#length) + 1);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}
