import protobuf from "protobufjs";
import { WireType } from "../../src/protobuf/mod.ts";
import { oneofOf, tagOf, unsupported, valueOf } from "./fields.ts";
import { type Imports, localName } from "./imports.ts";
import { fullName } from "./schema.ts";

/** The function that reads a message's fields: `readKeyInfo`. */
export function readerOf(type: protobuf.Type, imports: Imports): string {
  return imports.code(type, `read${localName(type)}`);
}

/** Writes down the function that reads a message. */
export function readCode(type: protobuf.Type, imports: Imports): string {
  const { got } = imports.message(type);
  const fields: protobuf.FieldBase[] = type.fieldsArray.toSorted((a, b) => a.id - b.id);
  const entries = fields.filter((field) => field instanceof protobuf.MapField)
    .map((field) => entryCode(type, field, imports));
  const cases = fields.flatMap((field) => fieldCases(type, field, imports));
  const body = cases.length === 0 ? "while (reader.more()) reader.skip(reader.tag());" : `
    while (reader.more()) {
      const tag = reader.tag();
      switch (tag) {
        ${cases.join("\n")}
        default:
          reader.skip(tag);
      }
    }`;
  return `${entries.join("\n")}

    /** Reads the fields of a \`${fullName(type)}\`. */
    export function read${localName(type)}(
      reader: ${imports.wire("type WireReader")},
      message: ${got} = ${initialMessage(type, imports)},
    ): ${got} {
      ${body}
      return message;
    }`;
}

/** A message that nothing has been read of. */
function initialMessage(type: protobuf.Type, imports: Imports): string {
  const fields = type.fieldsArray.filter((field) => oneofOf(field) === undefined)
    .map((field) => `${field.name}: ${initialValue(field, imports)}`);
  return `{ ${fields.join(", ")} }`;
}

function initialValue(field: protobuf.FieldBase, imports: Imports): string {
  if (field.map) return "{}";
  if (field.repeated) return "[]";
  const value = valueOf(field);
  switch (value.kind) {
    case "message":
      return "null";
    case "enum":
      return JSON.stringify(value.type.valuesById[0]);
    case "scalar":
      if (value.scalar.initial === "EMPTY_BYTES") imports.wire("EMPTY_BYTES");
      return value.scalar.initial;
  }
}

/** The cases of a field in the switch over tags: two for a list that may be packed. */
function fieldCases(type: protobuf.Type, field: protobuf.FieldBase, imports: Imports): string[] {
  const { name } = field;
  const target = `message.${name}`;
  const one = (wireType: number, ...statements: string[]) =>
    `case ${tagOf(field, wireType)}: // ${name} = ${field.id}\n${statements.join("\n")}\nbreak;`;
  if (field instanceof protobuf.MapField) {
    return [one(
      WireType.LENGTH_DELIMITED,
      `${entryName(type, field)}(reader, ${target});`,
    )];
  }
  const value = valueOf(field);
  const oneof = oneofOf(field);
  const set = (expression: string) => {
    if (field.repeated) return [`${target}.push(${expression});`];
    if (oneof === undefined) return [`${target} = ${expression};`];
    const choice = `message.${oneof}`;
    const forget =
      `if (${choice} !== undefined && ${choice} !== "${name}") delete message[${choice}];`;
    return [forget, `${target} = ${expression};`, `${choice} = "${name}";`];
  };
  switch (value.kind) {
    case "scalar":
      return [one(value.scalar.wireType, ...set(`reader.${value.scalar.method}()`))];
    case "message": {
      const into = field.repeated ? "" : `, ${target}`;
      const read = `reader.message(${readerOf(value.type, imports)}${into})`;
      return [one(WireType.LENGTH_DELIMITED, ...set(read))];
    }
    case "enum": {
      const names = imports.enumNames(value.type);
      const cases = [one(WireType.VARINT, ...set(`${names}.name(reader.int32())`))];
      if (field.repeated) {
        const packed = `reader.packed(${target}, (each) => ${names}.name(each.int32()));`;
        cases.push(one(WireType.LENGTH_DELIMITED, packed));
      }
      return cases;
    }
  }
}

function entryName(type: protobuf.Type, field: protobuf.MapField): string {
  return `read${localName(type)}${field.name[0].toUpperCase()}${field.name.slice(1)}Entry`;
}

/** Writes down the function that reads an entry of a map: a message of a key and a value. */
function entryCode(type: protobuf.Type, field: protobuf.MapField, imports: Imports): string {
  const value = valueOf(field);
  if (field.keyType !== "string" || value.kind !== "message") {
    throw unsupported(field, "such a map");
  }
  const { got } = imports.message(value.type);
  const read = readerOf(value.type, imports);
  const reader = imports.wire("type WireReader");
  return `
    /** Reads an entry of \`${fullName(field)}\`. */
    function ${entryName(type, field)}(reader: ${reader}, map: Record<string, ${got}>): void {
      const entry = reader.message(
        (reader, entry: { key: string; value: ${got} | null } = { key: "", value: null }) => {
          while (reader.more()) {
            const tag = reader.tag();
            switch (tag) {
              case ${8 + WireType.LENGTH_DELIMITED}: // key = 1
                entry.key = reader.string();
                break;
              case ${16 + WireType.LENGTH_DELIMITED}: // value = 2
                entry.value = reader.message(${read}, entry.value);
                break;
              default:
                reader.skip(tag);
            }
          }
          return entry;
        },
      );
      ${imports.wire("setEntry")}(map, entry.key, entry.value ?? ${
    initialMessage(value.type, imports)
  });
    }`;
}
