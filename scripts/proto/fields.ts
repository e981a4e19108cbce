import protobuf from "protobufjs";
import { WireType } from "../../src/protobuf/mod.ts";
import { fullName } from "./schema.ts";

/** A scalar type that the generated code can read and write: a method of the reader and the writer. */
export interface Scalar {
  readonly method: "bool" | "bytes" | "int32" | "int64" | "string";
  readonly wireType: number;
  /** Its default value in TypeScript. */
  readonly initial: string;
  /** What tells that a value is not the default. */
  readonly isSet: (value: string) => string;
}

const { VARINT, LENGTH_DELIMITED } = WireType;
const isNot = (initial: string) => (value: string) => `${value} !== ${initial}`;

const scalars: Readonly<Record<string, Scalar>> = {
  bool: { method: "bool", wireType: VARINT, initial: "false", isSet: isNot("false") },
  bytes: {
    method: "bytes",
    wireType: LENGTH_DELIMITED,
    initial: "EMPTY_BYTES",
    isSet: (value) => `${value}.length !== 0`,
  },
  int32: { method: "int32", wireType: VARINT, initial: "0", isSet: isNot("0") },
  int64: { method: "int64", wireType: VARINT, initial: "0", isSet: isNot("0") },
  string: { method: "string", wireType: LENGTH_DELIMITED, initial: '""', isSet: isNot('""') },
};

/** What a field holds, one or many of. */
export type FieldValue =
  | { readonly kind: "scalar"; readonly scalar: Scalar }
  | { readonly kind: "enum"; readonly type: protobuf.Enum }
  | { readonly kind: "message"; readonly type: protobuf.Type };

/** @throws {Error} when the generator does not know what the field uses */
export function valueOf(field: protobuf.FieldBase): FieldValue {
  field.resolve();
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Enum) return { kind: "enum", type: resolvedType };
  if (resolvedType instanceof protobuf.Type) return { kind: "message", type: resolvedType };
  const scalar = scalars[field.type];
  if (!scalar || (field.repeated && field.type !== "string")) throw unsupported(field, field.type);
  return { kind: "scalar", scalar };
}

/** The oneof that a field is of. */
export function oneofOf(field: protobuf.FieldBase): string | undefined {
  if (field.options?.proto3_optional) throw unsupported(field, "optional");
  return field.partOf?.name;
}

export function unsupported(field: protobuf.FieldBase, what: string): Error {
  return new Error(`Field ${fullName(field)} is ${what}: teach scripts/proto/fields.ts of it`);
}

/** The tag as it stands on the wire. */
export function tagOf({ id }: protobuf.FieldBase, wireType: number): number {
  return id * 8 + wireType;
}
