/** Generates the functions that read messages. @module */
import protobuf from "protobufjs";
import { WireType } from "../../src/protobuf/mod.ts";
import { fieldsOf, mapValueOf, oneofOf, tagOf, valueOf } from "./fields.ts";
import { type Imports, localName } from "./imports.ts";
import { fullName } from "./schema.ts";
import { draftName, draftType } from "./type_code.ts";

/** Returns the name of the function that reads a message: `readKeyInfo`. */
export function readerOf(type: protobuf.Type): string {
  return `read${localName(type)}`;
}

/** Generates the function that reads a message. */
export function readCode(type: protobuf.Type, imports: Imports): string {
  const read = imports.type(type);
  const fields = fieldsOf(type);
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
  const hasDraft = type.oneofsArray.length > 0;
  return `${[...entries, hasDraft ? draftType(type, imports) : ""].join("\n")}

    /** Reads the fields of a \`${fullName(type)}\`. */
    function ${readerOf(type)}(
      reader: ${imports.wire("type WireReader")},
      ${hasDraft ? "into" : "message"}: ${read} = ${initialMessage(type, imports)},
    ): ${read} {
      ${hasDraft ? `const message: ${draftName(type)} = into;` : ""}
      ${body}
      return ${hasDraft ? "into" : "message"};
    }`;
}

/** Returns the code of a message with default values. */
function initialMessage(type: protobuf.Type, imports: Imports): string {
  const fields = fieldsOf(type).filter((field) => oneofOf(field) === undefined)
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

/** Generates the cases of a field in the switch over tags: two for a list that may be packed. */
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
    case "scalar": {
      const { method, wireType } = value.scalar;
      const cases = [one(wireType, ...set(`reader.${method}()`))];
      if (field.repeated && wireType === WireType.VARINT) {
        const packed = `reader.packed(${target}, (each) => each.${method}());`;
        cases.push(one(WireType.LENGTH_DELIMITED, packed));
      }
      return cases;
    }
    case "message": {
      const into = field.repeated ? "" : `, ${target}`;
      const read = `reader.message(${imports.codec(value.type)}.read${into})`;
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

/** Generates the function that reads an entry of a map: a message of a key and a value. */
function entryCode(type: protobuf.Type, field: protobuf.MapField, imports: Imports): string {
  const value = mapValueOf(field);
  const read = imports.type(value);
  return `
    /** Reads an entry of \`${fullName(field)}\`. */
    function ${entryName(type, field)}(
      reader: ${imports.wire("type WireReader")},
      map: Record<string, ${read}>,
    ): void {
      const entry = reader.message(
        (reader, entry: { key: string; value: ${read} | null } = { key: "", value: null }) => {
          while (reader.more()) {
            const tag = reader.tag();
            switch (tag) {
              case ${8 + WireType.LENGTH_DELIMITED}: // key = 1
                entry.key = reader.string();
                break;
              case ${16 + WireType.LENGTH_DELIMITED}: // value = 2
                entry.value = reader.message(${imports.codec(value)}.read, entry.value);
                break;
              default:
                reader.skip(tag);
            }
          }
          return entry;
        },
      );
      ${imports.wire("setEntry")}(map, entry.key, entry.value ?? ${initialMessage(value, imports)});
    }`;
}
