/** Generates the functions that write messages. @module */
import protobuf from "protobufjs";
import { WireType } from "../../src/protobuf/mod.ts";
import { fieldsOf, mapValueOf, oneofOf, tagOf, valueOf } from "./fields.ts";
import { type Imports, localName } from "./imports.ts";
import { fullName } from "./schema.ts";

/** Returns the name of the function that writes a message: `writeKeyInfo`. */
export function writerOf(type: protobuf.Type): string {
  return `write${localName(type)}`;
}

/** Generates the function that writes a message. */
export function writeCode(type: protobuf.Type, imports: Imports): string {
  const statements = fieldsOf(type).map((field) => fieldCode(field, imports));
  const unused = statements.length === 0 ? "_" : "";
  return `
    /** Writes the fields of a \`${fullName(type)}\` that do not have their default value. */
    function ${writerOf(type)}(
      ${unused}message: ${imports.init(type)},
      ${unused}writer: ${imports.wire("type WireWriter")},
    ): void {
      ${statements.join("\n")}
    }`;
}

function fieldCode(field: protobuf.FieldBase, imports: Imports): string {
  const source = `message.${field.name}`;
  if (field instanceof protobuf.MapField) {
    const args = `${tagOf(field, WireType.LENGTH_DELIMITED)}, key, value`;
    return `for (const [key, value] of Object.entries(${source} ?? {})) {
      writer.entry(${args}, ${imports.codec(mapValueOf(field))});
    }`;
  }
  if (field.repeated) return listCode(field, source, imports);
  const value = valueOf(field);
  const isGiven = `${source} !== undefined && ${source} !== null`;
  // A member of a oneof is written with its default value too: its presence is information.
  const always = oneofOf(field) !== undefined;
  switch (value.kind) {
    case "scalar": {
      const { method, wireType, isSet } = value.scalar;
      const condition = isGiven + (always ? "" : ` && ${isSet(source)}`);
      return `if (${condition}) writer.${method}(${tagOf(field, wireType)}, ${source});`;
    }
    case "message": {
      const tag = tagOf(field, WireType.LENGTH_DELIMITED);
      return `if (${isGiven}) writer.message(${tag}, ${source}, ${imports.codec(value.type)});`;
    }
    case "enum": {
      const tag = tagOf(field, WireType.VARINT);
      const number = (given: string) =>
        `writer.number(${tag}, ${given}, ${imports.enumNames(value.type)})`;
      if (always) return `if (${isGiven}) writer.int32(${tag}, ${number(source)});`;
      return `const ${field.name} = ${number(`${source} ?? 0`)};
        if (${field.name} !== 0) writer.int32(${tag}, ${field.name});`;
    }
  }
}

function listCode(field: protobuf.FieldBase, source: string, imports: Imports): string {
  const tag = tagOf(field, WireType.LENGTH_DELIMITED);
  const list = `writer.list(${tag}, ${source})`;
  const value = valueOf(field);
  switch (value.kind) {
    case "scalar":
      if (value.scalar.wireType === WireType.VARINT) return `writer.packedInt32(${tag}, ${list});`;
      return `for (const each of ${list}) writer.${value.scalar.method}(${tag}, each);`;
    case "message":
      return `for (const each of ${list}) {
        writer.message(${tag}, each, ${imports.codec(value.type)});
      }`;
    case "enum":
      return `writer.packedEnum(${tag}, ${list}, ${imports.enumNames(value.type)});`;
  }
}
