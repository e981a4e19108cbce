/** The reader of protobuf's wire format. @module */
import { Buffer } from "node:buffer";
import { allocateBuffer } from "../memory/mod.ts";
import { ProtobufError } from "./errors.ts";
import { maxDepth, maxFields, maxNestedMessages } from "./limits.ts";
import { decodeUtf8, isUtf8 } from "./utf8.ts";
import { WireType } from "./wire_type.ts";

/** Reads the fields of a message of one type: into `into`, where the field has a message already. */
export type ReadMessage<O> = (reader: WireReader, into?: O) => O;

/** The value of every empty `bytes` field: one object, as Buffers of no length cannot be told apart. */
export const EMPTY_BYTES: Buffer = Buffer.alloc(0);

/** `Buffer.toString()`, which Deno runs on any Uint8Array: to make a Buffer first takes as long again. */
const decodeLossy = Buffer.prototype.toString;

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Bytes of a string that is decoded in JavaScript, and of one for which `TextDecoder` is the fastest.
 * Nanoseconds for a string of U+FFFD, ASCII within parentheses (Deno 2.9.6, x86-64):
 *
 * | bytes  | `decodeUtf8()` | `Buffer.toString()` | strict `TextDecoder` |
 * | ------ | -------------- | ------------------- | -------------------- |
 * | 3      | 12 (20)        | 81 (55)             | 294 (277)            |
 * | 12     | 41 (77)        | 114 (58)            | 334 (299)            |
 * | 48     | 167 (245)      | 134 (60)            | 321 (301)            |
 * | 1,536  |                | 1,399 (689)         | 1,421 (1,062)        |
 * | 12,288 |                | 10,695 (4,399)      | 9,199 (7,146)        |
 *
 * Both limits matter for hostile messages only: 4 MiB of the shortest strings took 0.4 s by the strict
 * `TextDecoder`, and 4 MiB of invalid bytes 50 ms by `Buffer.toString()`, which replaces each of them.
 */
const SHORT_STRING = 12;
const LONG_STRING = 1_024;

/** The longest `bytes` field that a loop copies faster than a view is made of it: a digest. */
const SHORT_BYTES = 64;

/**
 * Reads protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) from memory. A field's tag is
 * number << 3 | wire type. A known number with another wire type is an unknown field, to be skipped.
 *
 * Each method throws a `ProtobufError` when the bytes are malformed.
 */
export class WireReader {
  #bytes: Uint8Array;
  readonly #copies: boolean;
  #position: number;
  /** Offset of the end of the message or packed list that is being read. */
  #end: number;
  #depth = 0;
  #nested = 0;
  #fields = 0;
  /** The halves of the last varint. */
  #low = 0;
  #high = 0;

  /**
   * @param start offset of the message
   * @param end offset of its end
   * @param copies true when fields of bytes are to be copies, because the memory will be used again
   */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length, copies = false) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
    this.#copies = copies;
  }

  /** Begins to read another message: the one in a part of `bytes`. */
  restart(bytes: Uint8Array, start: number, end: number): this {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
    this.#depth = 0;
    this.#nested = 0;
    this.#fields = 0;
    return this;
  }

  /** Returns true if the message has another field, or the packed list another number. */
  more(): boolean {
    return this.#position < this.#end;
  }

  /** Reads the tag of the next field. */
  tag(): number {
    if (++this.#fields > maxFields) {
      throw new ProtobufError("TOO_MANY", `The message has over ${maxFields} fields`);
    }
    const tag = this.#uint32();
    if (tag < 1 << 3) throw new ProtobufError("INVALID_TAG", "A field has the number 0");
    return tag;
  }

  bool(): boolean {
    this.#varint();
    return (this.#low | this.#high) !== 0;
  }

  /** Reads the low 32 bits of a varint, and drops the others, as protobuf specifies. */
  int32(): number {
    if (this.#position < this.#end) {
      const byte = this.#bytes[this.#position];
      if (byte < 0x80) {
        this.#position++;
        return byte;
      }
    }
    this.#varint();
    return this.#low;
  }

  /** Reads 64 bits, rounded to the nearest number beyond 2 ** 53. */
  int64(): number {
    this.#varint();
    return this.#high * 0x1_0000_0000 + (this.#low >>> 0);
  }

  string(): string {
    const start = this.#delimited();
    const end = this.#position;
    const text = end - start <= SHORT_STRING
      ? decodeUtf8(this.#bytes, start, end)
      : end - start <= LONG_STRING
      ? this.#mediumText(start, end)
      : strictText(this.#bytes.subarray(start, end));
    if (text === undefined) throw new ProtobufError("INVALID_UTF8", "A string is not UTF-8");
    return text;
  }

  /** Reads a `bytes` field: a view of the memory, unless the reader copies. */
  bytes(): Buffer {
    const start = this.#delimited();
    const end = this.#position;
    if (start === end) return EMPTY_BYTES;
    if (!this.#copies) return viewOf(this.#bytes, start, end);
    const copy = allocateBuffer(end - start);
    if (copy.length > SHORT_BYTES) copy.set(this.#bytes.subarray(start, end));
    else for (let i = 0; i < copy.length; i++) copy[i] = this.#bytes[start + i];
    return copy;
  }

  /** Reads a nested message, into the one that the field has already: protobuf merges them. */
  message<O>(read: ReadMessage<O>, into?: O | null): O {
    if (++this.#nested > maxNestedMessages) {
      throw new ProtobufError("TOO_MANY", `The message has over ${maxNestedMessages} others in it`);
    }
    const outer = this.#end;
    const start = this.#delimited();
    this.#end = this.#position;
    this.#position = start;
    this.#descend();
    const message = read(this, into ?? undefined);
    this.#depth--;
    this.#end = outer;
    return message;
  }

  /** Reads a packed list, each item by `read`. */
  packed<T>(list: T[], read: (reader: WireReader) => T): void {
    const outer = this.#end;
    const start = this.#delimited();
    this.#end = this.#position;
    this.#position = start;
    while (this.more()) list.push(read(this));
    this.#end = outer;
  }

  /** Skips the value of an unknown field. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WireType.VARINT:
        return this.#varint();
      case WireType.FIXED64:
        return this.#advance(8);
      case WireType.LENGTH_DELIMITED:
        this.#delimited();
        return;
      case WireType.START_GROUP:
        return this.#skipGroup(tag >>> 3);
      case WireType.FIXED32:
        return this.#advance(4);
      default:
        throw new ProtobufError("INVALID_TAG", `Field ${tag >>> 3} has the wire type ${tag & 7}`);
    }
  }

  /** Decodes with replacement, and validates only text that may have had a replacement. */
  #mediumText(start: number, end: number): string | undefined {
    const text = decodeLossy.call(this.#bytes as Buffer, "utf8", start, end);
    if (text.includes("\ufffd") && !isUtf8(this.#bytes, start, end)) return undefined;
    return text;
  }

  #skipGroup(number: number): void {
    const end = (number << 3 | WireType.END_GROUP) >>> 0;
    this.#descend();
    for (let tag = this.tag(); tag !== end; tag = this.tag()) this.skip(tag);
    this.#depth--;
  }

  #descend(): void {
    if (++this.#depth > maxDepth) {
      throw new ProtobufError("TOO_DEEP", `Messages are nested over ${maxDepth} deep`);
    }
  }

  /** Reads a length and skips that many bytes. Returns the offset of the first of them. */
  #delimited(): number {
    const length = this.#uint32();
    const start = this.#position;
    this.#advance(length);
    return start;
  }

  #advance(count: number): void {
    if (count > this.#end - this.#position) throw truncated();
    this.#position += count;
  }

  /** Reads a varint of at most 32 bits: a tag or a length. */
  #uint32(): number {
    if (this.#position < this.#end) {
      const byte = this.#bytes[this.#position];
      if (byte < 0x80) {
        this.#position++;
        return byte;
      }
    }
    const start = this.#position;
    this.#varint();
    if (this.#high !== 0 || this.#position - start > 5) {
      throw new ProtobufError("INVALID_VARINT", "A tag or a length takes more than 32 bits");
    }
    return this.#low >>> 0;
  }

  /** Reads a varint as two halves. Bits of its tenth byte beyond the 64th are dropped. */
  #varint(): void {
    const bytes = this.#bytes;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#position >= this.#end) throw truncated();
      const byte = bytes[this.#position++];
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift > 28) high |= bits << (shift - 32);
      else {
        low |= bits << 28;
        high = bits >>> 4;
      }
      if (byte < 0x80) {
        this.#low = low;
        this.#high = high;
        return;
      }
    }
    throw new ProtobufError("INVALID_VARINT", "A number takes more than 64 bits");
  }
}

function viewOf({ buffer, byteOffset }: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(buffer, byteOffset + start, end - start);
}

function truncated(): ProtobufError {
  return new ProtobufError("TRUNCATED", "The message ends within a field");
}

function strictText(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}
