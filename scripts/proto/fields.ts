/** Fields of messages: their types, tags and oneofs. @module */
import protobuf from "protobufjs";
import { WireType } from "../../src/protobuf/mod.ts";
import { fullName } from "./schema.ts";

/** A scalar type that generated code reads and writes: a method of the reader and the writer. */
export interface Scalar {
  readonly method: "bool" | "bytes" | "int32" | "int64" | "string";
  readonly wireType: number;
  /** The default value in TypeScript. */
  readonly initial: string;
  /** The type that the writer takes, and the type that the reader returns. */
  readonly types: readonly [init: string, read: string];
  /** The condition that a value is not the default. */
  readonly isSet: (value: string) => string;
}

const { VARINT, LENGTH_DELIMITED } = WireType;

function scalar(method: Scalar["method"], wireType: number, initial: string, type: string): Scalar {
  const isSet = (value: string) => `${value} !== ${initial}`;
  return { method, wireType, initial, types: [type, type], isSet };
}

const scalars: Readonly<Record<string, Scalar>> = {
  bool: scalar("bool", VARINT, "false", "boolean"),
  bytes: {
    ...scalar("bytes", LENGTH_DELIMITED, "EMPTY_BYTES", "Buffer"),
    types: ["Uint8Array", "Buffer"],
    isSet: (value) => `${value}.length !== 0`,
  },
  int32: scalar("int32", VARINT, "0", "number"),
  int64: scalar("int64", VARINT, "0", "number"),
  string: scalar("string", LENGTH_DELIMITED, '""', "string"),
};

/** The type of a field's value, or of each of its values. */
export type FieldValue =
  | { readonly kind: "scalar"; readonly scalar: Scalar }
  | { readonly kind: "enum"; readonly type: protobuf.Enum }
  | { readonly kind: "message"; readonly type: protobuf.Type };

/** @throws {Error} when the generator does not support the field */
export function valueOf(field: protobuf.FieldBase): FieldValue {
  field.resolve();
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum) return { kind: "enum", type: resolvedType };
  if (resolvedType instanceof protobuf.Type) return { kind: "message", type: resolvedType };
  const scalar = scalars[field.type];
  if (!scalar) throw unsupported(field, field.type);
  if (field.repeated && !["bytes", "int32", "string"].includes(field.type)) {
    throw unsupported(field, `repeated ${field.type}`);
  }
  return { kind: "scalar", scalar };
}

/** Returns the message type of a map's values. The generator supports maps of strings to messages. */
export function mapValueOf(field: protobuf.MapField): protobuf.Type {
  const value = valueOf(field);
  if (field.keyType !== "string" || value.kind !== "message") {
    throw unsupported(field, `a map of ${field.keyType} to ${field.type}`);
  }
  return value.type;
}

/** Returns the name of the oneof that a field belongs to. */
export function oneofOf(field: protobuf.FieldBase): string | undefined {
  if (field.options?.proto3_optional) throw unsupported(field, "optional");
  return field.partOf?.name;
}

/** Returns the fields of a message by number. */
export function fieldsOf(type: protobuf.Type): protobuf.FieldBase[] {
  return type.fieldsArray.toSorted((a, b) => a.id - b.id);
}

function unsupported(field: protobuf.FieldBase, type: string): Error {
  return new Error(`Field ${fullName(field)} is ${type}: add support to scripts/proto/fields.ts`);
}

/** Returns the tag of a field: number << 3 | wire type. */
export function tagOf({ id }: protobuf.FieldBase, wireType: number): number {
  return id * 8 + wireType;
}
