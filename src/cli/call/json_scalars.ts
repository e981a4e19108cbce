import type { FieldType } from "./descriptors.ts";

/** A value of JSON that a field cannot have. The message says what it must be. */
export class JsonValueError extends Error {
  override readonly name = "JsonValueError";
}

interface Scalar {
  /** Turns JSON into what proto-loader takes. */
  parse(value: unknown): unknown;
  /** Turns what proto-loader gives into JSON. */
  print(value: unknown): unknown;
}

/**
 * The scalar types of protobuf and their mapping to JSON (protobuf's ProtoJSON guide), by the name that
 * descriptor.proto gives them.
 */
const scalars: Readonly<Record<string, Scalar>> = {
  TYPE_STRING: { parse: parseText, print: same },
  TYPE_BYTES: { parse: parseBytes, print: (value) => printBytes(value as Uint8Array) },
  TYPE_BOOL: { parse: parseBool, print: same },
  TYPE_DOUBLE: { parse: parseFloating, print: printFloating },
  TYPE_FLOAT: { parse: parseFloating, print: printFloating },
  ...integers(["TYPE_INT32", "TYPE_SINT32", "TYPE_SFIXED32"], 32, true),
  ...integers(["TYPE_UINT32", "TYPE_FIXED32"], 32, false),
  ...integers(["TYPE_INT64", "TYPE_SINT64", "TYPE_SFIXED64"], 64, true),
  ...integers(["TYPE_UINT64", "TYPE_FIXED64"], 64, false),
};

/**
 * The scalar of a field's type.
 *
 * @throws {JsonValueError} for a type that has no JSON form, such as proto2's groups
 */
export function scalarOf(type: FieldType): Scalar {
  const scalar = scalars[type];
  if (!scalar) throw new JsonValueError(`fields of ${type} have no JSON form`);
  return scalar;
}

/** Bytes in base64, as ProtoJSON writes them. */
export function printBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
    .toString("base64");
}

/**
 * The bytes of standard or URL-safe base64, padded or not.
 *
 * @throws {JsonValueError}
 */
export function parseBytes(value: unknown): Uint8Array {
  if (typeof value !== "string") throw new JsonValueError("must be a string of base64");
  const digits = value.replace(/={1,2}$/, "");
  if (!/^[A-Za-z0-9+/_-]*$/.test(digits) || digits.length % 4 === 1) {
    throw new JsonValueError("must be a string of base64");
  }
  return Buffer.from(digits, "base64url");
}

function integers(names: readonly string[], bits: 32 | 64, signed: boolean) {
  const min = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const max = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  const parse = (value: unknown) => {
    const integer = integerOf(value);
    if (integer === undefined || integer < min || integer > max) {
      throw new JsonValueError(`must be an integer from ${min} to ${max}`);
    }
    return bits === 32 ? Number(integer) : String(integer);
  };
  return Object.fromEntries(names.map((name) => [name, { parse, print: same }]));
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
  if (!Number.isSafeInteger(value)) {
    throw new JsonValueError("must be written as a string: JSON numbers are exact only to 2^53");
  }
  return BigInt(value);
}

function parseFloating(value: unknown): number {
  if (typeof value === "number") return value;
  const special = ["NaN", "Infinity", "-Infinity"].includes(value as string);
  if (special || (typeof value === "string" && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value))) {
    return Number(value);
  }
  throw new JsonValueError('must be a number, "NaN", "Infinity" or "-Infinity"');
}

function printFloating(value: unknown): unknown {
  return Number.isFinite(value) ? value : String(value);
}

function parseText(value: unknown): string {
  if (typeof value !== "string" || !value.isWellFormed()) {
    throw new JsonValueError("must be a string of Unicode text");
  }
  return value;
}

function parseBool(value: unknown): boolean {
  if (typeof value !== "boolean") throw new JsonValueError("must be true or false");
  return value;
}

function same(value: unknown): unknown {
  return value;
}
