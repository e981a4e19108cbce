/** Lines as bytes, in a buffer that is used again. @module */

const LINE_FEED = 0x0a;

/** UTF-8 takes at most 3 bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

const encoder = new TextEncoder();

export class LineBuffer {
  #bytes = new Uint8Array(16_384);
  #length = 0;

  /** Begins anew, with a line feed of its own if `withLineFeed`. */
  begin(withLineFeed: boolean): void {
    this.#length = 0;
    if (withLineFeed) this.#bytes[this.#length++] = LINE_FEED;
  }

  /** Adds a line, and gives its bytes without the line feed, which are valid until the next one is added. */
  add(line: string): Uint8Array {
    const start = this.#length;
    const room = start + line.length * MAX_BYTES_PER_UNIT + 1;
    if (room > this.#bytes.length) {
      const larger = new Uint8Array(2 * room);
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    const { written } = encoder.encodeInto(line, this.#bytes.subarray(start));
    this.#bytes[start + written] = LINE_FEED;
    this.#length = start + written + 1;
    return this.#bytes.subarray(start, start + written);
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
