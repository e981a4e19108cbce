/** The writer of protobuf's wire format. @module */
import { Buffer } from "node:buffer";
import type { EnumNames } from "./enum_names.ts";
import { ProtobufError } from "./errors.ts";
import { EMPTY_BYTES } from "./reader.ts";
import { WireType } from "./wire_type.ts";

/** Writes the fields of a message of one type. */
export type WriteMessage<I> = (message: I, writer: WireWriter) => void;

/** A message type as the writer needs it. */
export interface MessageType<I> {
  /** The type's full name, such as `signer.v1.SignRequest`. */
  readonly name: string;
  /** Names of the fields by their numbers, for errors. */
  readonly fields: Readonly<Record<number, string>>;
  readonly write: WriteMessage<I>;
}

/** Octets of memory that small messages share: allocating costs more than writing them. */
const SLAB_SIZE = 8 * 1024;

/** Octets of memory that a thread keeps for messages that are written one over the other: 1 MiB and its fields. */
const MAX_SHARED_SIZE = 1088 * 1024;

/** Octets that a tag and a number, or a tag and a length, take at most. */
const HEAD_SIZE = 15;

/** Octets of memory for the fields after a large one: a doubling for them would copy it. */
const FIELDS_AFTER = 4_096;

/** Octets up to which a writer that shares its memory keeps a view for each length: those of an RSA signature and its key. */
const MAX_KEPT_VIEW = 1_024;

/** Length up to which a loop writes a string faster than a call out of JavaScript. */
const SHORT_STRING = 64;

const encoder = new TextEncoder();

type NamedFields = Pick<MessageType<never>, "name" | "fields">;
const NO_TYPE: NamedFields = { name: "", fields: {} };
const NO_VALUES: readonly never[] = [];

/**
 * Writes messages in protobuf's wire format (https://protobuf.dev/programming-guides/encoding/). A field's
 * tag is number << 3 | wire type.
 *
 * Each method throws a `ProtobufError` that names the message and the field when the value is not of the
 * field's type.
 */
export class WireWriter {
  readonly #isShared: boolean;
  /** Views of the shared memory by their lengths: to make one takes as long as to write a small message. */
  #views: (Buffer | undefined)[] = [];
  #slab: Buffer = EMPTY_BYTES;
  /** Offset of the message's first octet. */
  #start = 0;
  /** Offset of the next octet. */
  #position = 0;
  /** The type of the message whose fields are being written. */
  #type: NamedFields = NO_TYPE;

  /** @param isShared true to write each message over the one before */
  constructor(isShared = false) {
    this.#isShared = isShared;
  }

  /** Returns the octets of a message. Nothing writes to them again, unless the writer shares its memory. */
  encode<I>(message: I, type: MessageType<I>): Buffer {
    if (typeof message !== "object" || message === null || Array.isArray(message)) {
      throw new ProtobufError(
        "INVALID_VALUE",
        `${type.name} must be an object, not ${kindOf(message)}`,
      );
    }
    this.#position = this.#start;
    this.#type = type;
    type.write(message, this);
    const { length } = this.#slab;
    const bytes = this.#position === this.#start
      ? EMPTY_BYTES
      : this.#isShared && this.#position <= MAX_KEPT_VIEW
      ? this.#views[this.#position] ??= this.#slab.subarray(0, this.#position)
      : this.#slab.subarray(this.#start, this.#position);
    if (!this.#isShared) this.#start = this.#position;
    // A large message keeps its memory for itself, so that small ones do not keep it alive.
    if (length > (this.#isShared ? MAX_SHARED_SIZE : SLAB_SIZE)) {
      this.#slab = EMPTY_BYTES;
      this.#start = 0;
      this.#views = [];
    }
    return bytes;
  }

  bool(tag: number, value: boolean): void {
    if (typeof value !== "boolean") throw this.#invalid(tag, "true or false", value);
    this.#reserve(HEAD_SIZE);
    this.#uint32(tag);
    this.#slab[this.#position++] = value ? 1 : 0;
  }

  int32(tag: number, value: number): void {
    if (value !== (value | 0)) throw this.#invalid(tag, "an integer of 32 bits", value);
    this.#reserve(HEAD_SIZE);
    this.#uint32(tag);
    this.#int32(value);
  }

  int64(tag: number, value: number): void {
    if (!Number.isSafeInteger(value)) throw this.#invalid(tag, "a safe integer", value);
    this.#reserve(HEAD_SIZE);
    this.#uint32(tag);
    this.#varint(value >>> 0, Math.floor(value / 0x1_0000_0000) >>> 0);
  }

  string(tag: number, value: string): void {
    if (typeof value !== "string") throw this.#invalid(tag, "a string", value);
    if (value.length <= SHORT_STRING && this.#ascii(tag, value)) return;
    const length = Buffer.byteLength(value);
    this.#reserve(HEAD_SIZE + length);
    this.#uint32(tag);
    this.#uint32(length);
    encoder.encodeInto(value, this.#slab.subarray(this.#position, this.#position += length));
  }

  bytes(tag: number, value: Uint8Array): void {
    if (!(value instanceof Uint8Array)) throw this.#invalid(tag, "a Uint8Array", value);
    const { length } = value;
    this.#reserve(HEAD_SIZE + length);
    this.#uint32(tag);
    this.#uint32(length);
    this.#slab.set(value, this.#position);
    this.#position += length;
  }

  message<I>(tag: number, value: I, type: MessageType<I>): void {
    if (typeof value !== "object" || value === null) throw this.#invalid(tag, "an object", value);
    const outer = this.#type;
    const at = this.#begin(tag);
    this.#type = type;
    type.write(value, this);
    this.#type = outer;
    this.#finish(at);
  }

  /** Writes an entry of a map whose keys are strings and whose values are messages. */
  entry<I>(tag: number, key: string, value: I, type: MessageType<I>): void {
    const at = this.#begin(tag);
    this.string(1 << 3 | WireType.LENGTH_DELIMITED, key);
    if (typeof value !== "object" || value === null) {
      throw this.#invalid(tag, "a map of objects", value);
    }
    this.message(2 << 3 | WireType.LENGTH_DELIMITED, value, type);
    this.#finish(at);
  }

  /** Writes a repeated enum in one field, and nothing for an empty list. */
  packedEnum<N extends string>(
    tag: number,
    values: readonly (N | number)[],
    names: EnumNames<N>,
  ): void {
    if (values.length === 0) return;
    const at = this.#begin(tag);
    for (const value of values) {
      const number = this.number(tag, value, names);
      this.#reserve(HEAD_SIZE);
      this.#int32(number);
    }
    this.#finish(at);
  }

  /** Writes a repeated int32 in one field, and nothing for an empty list. */
  packedInt32(tag: number, values: readonly number[]): void {
    if (values.length === 0) return;
    const at = this.#begin(tag);
    for (const value of values) {
      if (value !== (value | 0)) throw this.#invalid(tag, "integers of 32 bits", value);
      this.#reserve(HEAD_SIZE);
      this.#int32(value);
    }
    this.#finish(at);
  }

  /** Returns the number of an enum's value, and writes nothing. */
  number<N extends string>(tag: number, value: N | number, names: EnumNames<N>): number {
    const number = names.number(value);
    if (number === undefined || number !== (number | 0)) {
      throw this.#invalid(tag, `a name of ${names.type} or an integer of 32 bits`, value);
    }
    return number;
  }

  /** Returns the values of a repeated field, and writes nothing. */
  list<T>(tag: number, values: readonly T[] | null | undefined): readonly T[] {
    if (values === undefined || values === null) return NO_VALUES;
    if (!Array.isArray(values)) throw this.#invalid(tag, "an array", values);
    return values;
  }

  /** Begins a field that has a length. Returns the length's offset from the start; it is written last. */
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

  #invalid(tag: number, wanted: string, value: unknown): ProtobufError {
    const { name, fields } = this.#type;
    const not = typeof value === "number" ? "" : `, not ${kindOf(value)}`;
    return new ProtobufError(
      "INVALID_VALUE",
      `${name}.${fields[tag >>> 3]} must be ${wanted}${not}`,
    );
  }

  /** Writes a short string when it is ASCII. Otherwise returns false and writes nothing. */
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

  /** A negative number takes ten octets, as an int64 does. */
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

  /** Makes room for `count` more octets; may move the message to new memory. */
  #reserve(count: number): void {
    if (this.#slab.length - this.#position >= count) return;
    const written = this.#position - this.#start;
    // Doubles, so that a message of many small fields moves a few times only.
    const size = Math.max(SLAB_SIZE, written * 2, written + count + FIELDS_AFTER);
    const slab = Buffer.from(new ArrayBuffer(size));
    slab.set(this.#slab.subarray(this.#start, this.#position));
    this.#slab = slab;
    this.#views = [];
    this.#start = 0;
    this.#position = written;
  }
}

function varintLength(value: number): number {
  let length = 1;
  for (; value > 0x7f; value >>>= 7) length++;
  return length;
}

/** Describes the type of a value for an error. The value itself may be secret. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "object":
      return `a ${value.constructor?.name || "nameless object"}`;
    case "undefined":
      return "undefined";
    default:
      return `a ${typeof value}`;
  }
}
