/**
 * Lines as bytes, in a buffer that is used again.
 *
 * A line is written byte by byte, because it is made for each signature: strings of a line would be joined, flattened
 * and encoded, and be garbage after that.
 *
 * @module
 */

import { printable } from "../printable/mod.ts";

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The digits of hexadecimal numbers. */
const DIGITS = new TextEncoder().encode("0123456789abcdef");

/** UTF-8 takes at most 3 bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

/** 16 KiB: some thirty lines. */
const INITIAL_SIZE = 16_384;

/** The index of the first line. Before it is a line feed, which ends a line that was cut off. */
const FIRST = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class LineBuffer {
  #bytes = new Uint8Array(INITIAL_SIZE).fill(LINE_FEED, 0, FIRST);
  #length = FIRST;
  /** The index of the line that is being written. */
  #start = FIRST;
  #count = 0;

  /** Number of whole lines. */
  get count(): number {
    return this.#count;
  }

  /** Removes all lines. */
  clear(): void {
    this.#length = this.#start = FIRST;
    this.#count = 0;
  }

  /** The whole lines, after a line feed if `afterLineFeed`. Valid until the buffer changes. */
  lines(afterLineFeed: boolean): Uint8Array {
    return this.#bytes.subarray(afterLineFeed ? 0 : FIRST, this.#start);
  }

  /** Number of whole lines in the first bytes of `lines(false)`, and where the last of them begins and ends. */
  linesWithin(size: number): { readonly count: number; readonly last: Uint8Array; end: number } {
    let count = 0;
    let begin = FIRST;
    let end = FIRST;
    for (;;) {
      const next = this.#bytes.indexOf(LINE_FEED, end) + 1;
      if (next === 0 || next > FIRST + size || next > this.#start) break;
      count++;
      begin = end;
      end = next;
    }
    const last = this.#bytes.subarray(begin, Math.max(begin, end - 1));
    return { count, last, end: end - FIRST };
  }

  /** Adds bytes of UTF-8 to the line that is being written. */
  add(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Adds text as it is. */
  addText(text: string): void {
    this.#reserve(text.length * MAX_BYTES_PER_UNIT);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#length));
    this.#length += written;
  }

  /** Adds a string of JSON, with its quotes. */
  addString(text: string): void {
    this.#reserve(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      // Rare: a character that JSON escapes, or that takes more than a byte.
      if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) {
        // It may be a peer's: JSON does not escape all characters that a terminal would take for commands.
        return this.addText(printable(JSON.stringify(text)));
      }
      bytes[at++] = unit;
    }
    bytes[at++] = QUOTE;
    this.#length = at;
  }

  /** Adds an integer in decimal. */
  addInteger(value: number): void {
    const text = `${value}`;
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  /** Adds bytes in hexadecimal. */
  addHex(value: Uint8Array): void {
    this.#reserve(2 * value.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < value.length; i++) {
      bytes[at++] = DIGITS[value[i] >> 4];
      bytes[at++] = DIGITS[value[i] & 15];
    }
    this.#length = at;
  }

  /** Rewrites the line that is being written. */
  replace(change: (line: string) => string): void {
    const line = decoder.decode(this.#line);
    this.#length = this.#start;
    this.addText(change(line));
  }

  /** Ends the line that is being written. Returns its bytes without the line feed, valid until the buffer changes. */
  end(): Uint8Array {
    this.#reserve(1);
    const line = this.#line;
    this.#bytes[this.#length++] = LINE_FEED;
    this.#start = this.#length;
    this.#count++;
    return line;
  }

  get #line(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#length);
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#length + size));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
