import protobuf from "protobufjs";
import { WireType } from "../../src/protobuf/mod.ts";
import { oneofOf, tagOf, valueOf } from "./fields.ts";
import { type Imports, localName } from "./imports.ts";
import { fullName } from "./schema.ts";

/** Writes down the function that writes a message: `writeKeyInfo`. */
export function writeCode(type: protobuf.Type, imports: Imports): string {
  const { given } = imports.message(type);
  const statements = type.fieldsArray.toSorted((a, b) => a.id - b.id)
    .map((field) => fieldCode(field, imports));
  const unused = statements.length === 0 ? "_" : "";
  return `
    /** Writes the fields of a \`${fullName(type)}\`, but those that have their default value. */
    export function write${localName(type)}(
      ${unused}message: ${given},
      ${unused}writer: ${imports.wire("type WireWriter")},
    ): void {
      ${statements.join("\n")}
    }`;
}

function writerOf(type: protobuf.Type, imports: Imports): string {
  return imports.code(type, `write${localName(type)}`);
}

function fieldCode(field: protobuf.FieldBase, imports: Imports): string {
  const source = `message.${field.name}`;
  if (field instanceof protobuf.MapField) return mapCode(field, source, imports);
  if (field.repeated) return listCode(field, source, imports);
  const value = valueOf(field);
  // A field of a oneof is written with its default too: that it is there says something.
  const always = oneofOf(field) !== undefined;
  switch (value.kind) {
    case "scalar": {
      const { method, wireType, isSet } = value.scalar;
      const condition = isGiven(source) + (always ? "" : ` && ${isSet(source)}`);
      return `if (${condition}) writer.${method}(${tagOf(field, wireType)}, ${source});`;
    }
    case "message": {
      const tag = tagOf(field, WireType.LENGTH_DELIMITED);
      const write = writerOf(value.type, imports);
      return `if (${isGiven(source)}) writer.message(${tag}, ${source}, ${write});`;
    }
    case "enum": {
      const names = imports.enumNames(value.type);
      const tag = tagOf(field, WireType.VARINT);
      if (always) {
        return `if (${isGiven(source)}) writer.int32(${tag}, ${names}.number(${source}));`;
      }
      return `const ${field.name} = ${names}.number(${source} ?? 0);
        if (${field.name} !== 0) writer.int32(${tag}, ${field.name});`;
    }
  }
}

function isGiven(source: string): string {
  return `${source} !== undefined && ${source} !== null`;
}

function listCode(field: protobuf.FieldBase, source: string, imports: Imports): string {
  const list = `${imports.wire("listed")}(${source})`;
  const tag = tagOf(field, WireType.LENGTH_DELIMITED);
  const value = valueOf(field);
  switch (value.kind) {
    case "scalar":
      return `for (const each of ${list}) writer.${value.scalar.method}(${tag}, each);`;
    case "message":
      return `for (const each of ${list}) {
        writer.message(${tag}, each, ${writerOf(value.type, imports)});
      }`;
    case "enum":
      return `writer.packed(${tag}, ${list}.map((each) => ${
        imports.enumNames(value.type)
      }.number(each)));`;
  }
}

function mapCode(field: protobuf.MapField, source: string, imports: Imports): string {
  const value = valueOf(field) as { type: protobuf.Type };
  const tag = tagOf(field, WireType.LENGTH_DELIMITED);
  return `for (const entry of Object.entries(${source} ?? {})) {
    writer.message(${tag}, entry, ([key, value], writer) => {
      writer.string(${8 + WireType.LENGTH_DELIMITED}, key);
      writer.message(${16 + WireType.LENGTH_DELIMITED}, value, ${writerOf(value.type, imports)});
    });
  }`;
}
