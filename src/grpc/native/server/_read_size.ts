/** The size of the reads from a connection. @module */

/** Bytes of the first read from a connection, and of the shortest later one. */
export const LEAST_READ_BYTES = 8_192;

/** The time that a read should take: that of 100 requests which are refused, or of a megabyte of a large one. */
const READ_MS = 1;

/** The size of the reads from one connection. It follows the time that they take, so that each takes about `READ_MS`. */
export class ReadSize {
  #bytes = LEAST_READ_BYTES;

  /** Bytes of the next read, at most. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Fits the size to a read of `size` bytes that took `ms` milliseconds. It grows to `most` bytes at the most. */
  fit(size: number, ms: number, most: number): void {
    if (ms > READ_MS) {
      this.#bytes = Math.max(LEAST_READ_BYTES, Math.trunc(size * READ_MS / ms));
    } else if (size === this.#bytes && ms < READ_MS / 2) {
      this.#bytes = Math.min(2 * size, most);
    }
  }
}
