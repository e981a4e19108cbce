/**
 * DER (ITU-T X.690), the subset that keys and signatures use: tags of one byte and definite lengths. The
 * reader is strict: it accepts the one encoding that a value has.
 *
 * @module
 */
import type { LayerError } from "../../errors/mod.ts";

/** Tags (X.690 section 8.1.2), with the bit for constructed values where DER has them constructed. */
export const Tag = {
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  SEQUENCE: 0x30,
  /** `[0]` and `[1]`, constructed: optional fields of SEC 1, and the attributes of PKCS#8. */
  CONTEXT_0: 0xa0,
  CONTEXT_1: 0xa1,
  /** `[1]`, primitive: the public key of PKCS#8, an implicitly tagged BIT STRING. */
  PRIMITIVE_1: 0x81,
} as const;

/** The error for bytes that are not the expected DER. */
export class DerError extends Error implements LayerError<"crypto"> {
  override readonly name = "DerError";
  readonly layer = "crypto";
  readonly code = "BAD_DER";
}

/** Reads a sequence of values from `bytes`. The contents that it returns are views, not copies. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** The tag of the next value, or undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#offset];
  }

  /** The next value's content. @throws {DerError} */
  read(tag: number): Uint8Array {
    if (this.peek() !== tag) throw new DerError(`Expected tag 0x${tag.toString(16)}`);
    this.#offset++;
    const length = this.#readLength();
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new DerError("The value ends before its length");
    const content = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return content;
  }

  /** A reader of the next value's content. @throws {DerError} */
  enter(tag: number): DerReader {
    return new DerReader(this.read(tag));
  }

  /** The next INTEGER without its sign byte: it must not be negative. @throws {DerError} */
  readUnsigned(): Uint8Array {
    const content = this.read(Tag.INTEGER);
    if (content.length === 0 || content[0] >= 0x80) throw new DerError("Not an unsigned integer");
    if (content[0] !== 0 || content.length === 1) return content;
    // A leading zero is there for the sign bit of the next byte or not at all (X.690 section 8.3.2).
    if (content[1] < 0x80) throw new DerError("The integer has a needless zero");
    return content.subarray(1);
  }

  /** The next INTEGER as a number, from 0 to 2^31 - 1. @throws {DerError} */
  readSmall(): number {
    const content = this.readUnsigned();
    if (content.length > 4 || (content.length === 4 && content[0] >= 0x80)) {
      throw new DerError("The integer is too large");
    }
    return content.reduce((value, byte) => value * 256 + byte, 0);
  }

  /** The next BIT STRING's bytes: it must have whole ones. @throws {DerError} */
  readBits(tag: number = Tag.BIT_STRING): Uint8Array {
    const content = this.read(tag);
    if (content[0] !== 0) throw new DerError("The bit string is not of whole bytes");
    return content.subarray(1);
  }

  /** Ensures that nothing follows. @throws {DerError} */
  end(): void {
    if (!this.ended) throw new DerError("Something follows the value");
  }

  /** X.690 section 10.1: the definite form, in as few bytes as it takes. */
  #readLength(): number {
    const first = this.#bytes[this.#offset++];
    if (first === undefined) throw new DerError("The length is missing");
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw new DerError("The length is indefinite or too large");
    let length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (this.#bytes[this.#offset++] ?? NaN);
    if (!(length >= (count === 1 ? 0x80 : 256 ** (count - 1)))) {
      throw new DerError("The length is cut off or not in its shortest form");
    }
    return length;
  }
}

/** A value to be written: its tag, and its content in pieces. */
export type DerValue = readonly [tag: number, ...content: (Uint8Array | DerValue)[]];

const ZERO = new Uint8Array(1);

/** The INTEGER of an unsigned big-endian number. */
export function unsignedInteger(magnitude: Uint8Array): DerValue {
  const start = magnitude.findIndex((byte) => byte !== 0);
  if (start < 0) return [Tag.INTEGER, ZERO];
  const digits = magnitude.subarray(start);
  return digits[0] < 0x80 ? [Tag.INTEGER, digits] : [Tag.INTEGER, ZERO, digits];
}

/** Writes a value in one allocation, so that no copy of a secret is left in an intermediate buffer. */
export function encodeDer(value: DerValue): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(sizeOf(value));
  write(value, output, 0);
  return output;
}

function contentSize([, ...content]: DerValue): number {
  return content.reduce((sum, part) => sum + sizeOf(part), 0);
}

function sizeOf(part: Uint8Array | DerValue): number {
  if (part instanceof Uint8Array) return part.length;
  const size = contentSize(part);
  return 1 + lengthBytes(size).length + size;
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return [0x80 | digits.length, ...digits];
}

function write(part: Uint8Array | DerValue, output: Uint8Array, offset: number): number {
  if (part instanceof Uint8Array) {
    output.set(part, offset);
    return offset + part.length;
  }
  const [tag, ...content] = part;
  const header = [tag, ...lengthBytes(contentSize(part))];
  output.set(header, offset);
  return content.reduce<number>((end, inner) => write(inner, output, end), offset + header.length);
}
