import { Buffer } from "node:buffer";
import { ProtobufError } from "./errors.ts";
import { EMPTY_BYTES } from "./reader.ts";

/** What writes the fields of a message of one type. */
export type WriteMessage<I> = (message: I, writer: WireWriter) => void;

/** Bytes of memory that small messages are cut from: allocating costs more than writing them. */
const SLAB_SIZE = 8 * 1024;

/** Bytes that a tag and a number, or a tag and a length, take at most. */
const HEAD_SIZE = 15;

/** Strings up to here are faster written by a loop than by a call out of JavaScript. */
const SHORT_STRING = 64;

const encoder = new TextEncoder();

/**
 * Writes messages in protobuf's wire format (https://protobuf.dev/programming-guides/encoding/). Each field
 * is given with its tag: number << 3 | wire type.
 *
 * Each method throws a `ProtobufError` when the value is not of the field's type.
 */
export class WireWriter {
  #slab: Buffer = EMPTY_BYTES;
  /** Where the message begins that is being written, and what comes next goes. */
  #start = 0;
  #position = 0;

  /** The bytes of a message. Nothing writes to them again. */
  encode<I>(message: I, write: WriteMessage<I>): Buffer {
    this.#position = this.#start;
    write(message, this);
    const { length } = this.#slab;
    const bytes = this.#position === this.#start
      ? EMPTY_BYTES
      : this.#slab.subarray(this.#start, this.#position);
    this.#start = this.#position;
    // A large message keeps its memory for itself, so that small ones do not keep it alive.
    if (length > SLAB_SIZE) {
      this.#slab = EMPTY_BYTES;
      this.#start = 0;
    }
    return bytes;
  }

  bool(tag: number, value: boolean): void {
    if (typeof value !== "boolean") throw invalid(tag, "true or false");
    this.#reserve(HEAD_SIZE);
    this.#uint32(tag);
    this.#slab[this.#position++] = value ? 1 : 0;
  }

  int32(tag: number, value: number): void {
    if (value !== (value | 0)) throw invalid(tag, "an integer of 32 bits");
    this.#reserve(HEAD_SIZE);
    this.#uint32(tag);
    this.#int32(value);
  }

  int64(tag: number, value: unknown): void {
    if (typeof value !== "number" || !Number.isSafeInteger(value)) {
      throw invalid(tag, "a number that is a safe integer");
    }
    this.#reserve(HEAD_SIZE);
    this.#uint32(tag);
    this.#varint(value >>> 0, Math.floor(value / 0x1_0000_0000) >>> 0);
  }

  string(tag: number, value: string): void {
    if (typeof value !== "string") throw invalid(tag, "a string");
    if (value.length <= SHORT_STRING && this.#ascii(tag, value)) return;
    const length = Buffer.byteLength(value);
    this.#reserve(HEAD_SIZE + length);
    this.#uint32(tag);
    this.#uint32(length);
    encoder.encodeInto(value, this.#slab.subarray(this.#position, this.#position += length));
  }

  bytes(tag: number, value: unknown): void {
    if (!(value instanceof Uint8Array)) throw invalid(tag, "a Uint8Array");
    const { length } = value;
    this.#reserve(HEAD_SIZE + length);
    this.#uint32(tag);
    this.#uint32(length);
    this.#slab.set(value, this.#position);
    this.#position += length;
  }

  message<I>(tag: number, value: I, write: WriteMessage<I>): void {
    if (typeof value !== "object" || value === null) throw invalid(tag, "an object");
    const at = this.#begin(tag);
    write(value, this);
    this.#finish(at);
  }

  /** A list of numbers in one field; nothing when it is empty. */
  packed(tag: number, values: readonly number[]): void {
    if (values.length === 0) return;
    const at = this.#begin(tag);
    for (const value of values) {
      if (value !== (value | 0)) throw invalid(tag, "integers of 32 bits");
      this.#reserve(HEAD_SIZE);
      this.#int32(value);
    }
    this.#finish(at);
  }

  /** Begins what has a length: where that goes, from the start, as one byte until it is known. */
  #begin(tag: number): number {
    this.#reserve(HEAD_SIZE);
    this.#uint32(tag);
    return this.#position++ - this.#start;
  }

  #finish(at: number): void {
    const length = this.#position - this.#start - at - 1;
    let end = this.#position;
    if (length > 0x7f) {
      this.#reserve(HEAD_SIZE);
      const body = this.#start + at + 1;
      const more = varintLength(length) - 1;
      this.#slab.copyWithin(body + more, body, body + length);
      end = body + more + length;
    }
    this.#position = this.#start + at;
    this.#uint32(length);
    this.#position = end;
  }

  /** Writes a short string of ASCII; false when it is none, with nothing written. */
  #ascii(tag: number, value: string): boolean {
    const { length } = value;
    this.#reserve(HEAD_SIZE + length);
    const slab = this.#slab;
    const before = this.#position;
    this.#uint32(tag);
    slab[this.#position++] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.#position = before;
        return false;
      }
      slab[this.#position++] = code;
    }
    return true;
  }

  /** A negative number takes ten bytes, as if it were one of 64 bits. */
  #int32(value: number): void {
    if (value < 0) this.#varint(value >>> 0, 0xffff_ffff);
    else this.#uint32(value);
  }

  #uint32(value: number): void {
    const slab = this.#slab;
    while (value > 0x7f) {
      slab[this.#position++] = value & 0x7f | 0x80;
      value >>>= 7;
    }
    slab[this.#position++] = value;
  }

  #varint(low: number, high: number): void {
    while (high !== 0) {
      this.#slab[this.#position++] = low & 0x7f | 0x80;
      low = (low >>> 7 | high << 25) >>> 0;
      high >>>= 7;
    }
    this.#uint32(low);
  }

  /** Sees to it that so many bytes more have room, and moves the message if it must. */
  #reserve(count: number): void {
    if (this.#slab.length - this.#position >= count) return;
    const written = this.#position - this.#start;
    // Twice what is there, lest a message of many small fields be moved time and again.
    const size = Math.max(SLAB_SIZE, written * 2, written + count + HEAD_SIZE);
    const slab = Buffer.from(new ArrayBuffer(size));
    slab.set(this.#slab.subarray(this.#start, this.#position));
    this.#slab = slab;
    this.#start = 0;
    this.#position = written;
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (; value > 0x7f; value >>>= 7) length++;
  return length;
}

function invalid(tag: number, wanted: string): ProtobufError {
  return new ProtobufError("INVALID_VALUE", `Field ${tag >>> 3} of a message must be ${wanted}`);
}
