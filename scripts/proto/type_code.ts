/** Generates the TypeScript types of messages and enums. @module */
import protobuf from "protobufjs";
import { fieldsOf, mapValueOf, oneofOf, valueOf } from "./fields.ts";
import { type Imports, localName } from "./imports.ts";
import { fullName } from "./schema.ts";

/** One of a message's two types: of the writer, where fields may be left out, or of the reader. */
type Side = "init" | "read";

/** Returns a doc comment: the declaration's comment in the `.proto` file, or `otherwise`. */
export function docComment(comment: string | null | undefined, otherwise = ""): string {
  const text = comment ?? otherwise;
  if (text === "") return "";
  const lines = text.split("\n").map((line) => line.trim());
  return lines.length === 1 ? `/** ${text} */\n` : `/**\n * ${lines.join("\n * ")}\n */\n`;
}

/** Generates the type of an enum, and the constant with its names and numbers. */
export function enumCode(type: protobuf.Enum, imports: Imports): string {
  const name = localName(type);
  const values = Object.entries(type.values).map(([value, number]) =>
    `${docComment(type.comments[value])}${value}: ${number},`
  );
  const names = Object.keys(type.values).map((value) => `| ${JSON.stringify(value)}`);
  return `${docComment(type.comment)}export type ${name} = ${names.join("\n")};

    /** The names and numbers of \`${fullName(type)}\`. */
    export const ${imports.enumNames(type)} =
      new ${imports.wire("EnumNames")}<${name}>("${fullName(type)}", {
        ${values.join("\n")}
      });`;
}

/** Generates the two types of a message: `SignRequestInit` for the writer, `SignRequest` of the reader. */
export function messageTypes(type: protobuf.Type, imports: Imports): string {
  const name = localName(type);
  const init = docComment(null, `A \`${fullName(type)}\` to write: fields may be left out.`);
  const read = docComment(type.comment, `A \`${fullName(type)}\` that was read.`);
  return `${init}export ${declaration(type, `${name}Init`, "init", imports)}

    ${read}export ${declaration(type, name, "read", imports)}`;
}

/** Returns the name of the type that the reader of a message with oneofs fills. */
export function draftName(type: protobuf.Type): string {
  return `${localName(type)}Draft`;
}

/** Generates that type, in which all members of oneofs are fields. */
export function draftType(type: protobuf.Type, imports: Imports): string {
  const fields = fieldsOf(type).map((field) => {
    const type = fieldType(field, "read", imports);
    const isMember = oneofOf(field) !== undefined;
    return isMember ? `${field.name}?: ${type} | undefined;` : `${field.name}: ${type};`;
  });
  const choices = type.oneofsArray.map(({ name, oneof }) =>
    `${name}?: ${
      oneof.map((member) => JSON.stringify(camel(type, member))).join(" | ")
    } | undefined;`
  );
  return `interface ${draftName(type)} { ${[...fields, ...choices].join("\n")} }`;
}

function declaration(type: protobuf.Type, name: string, side: Side, imports: Imports): string {
  if (type.fieldsArray.length === 0) return `type ${name} = Record<string, never>;`;
  const own = fieldsOf(type).filter((field) => oneofOf(field) === undefined)
    .map((field) => member(field, side, imports)).join("\n");
  if (type.oneofsArray.length === 0) return `interface ${name} { ${own} }`;
  const parts = type.oneofsArray.map((oneof) => oneofType(oneof, side, imports));
  return `type ${name} = ${own === "" ? "" : `{ ${own} } &`} ${parts.join(" & ")};`;
}

/** A union with one alternative for each member of a oneof, and one for none. */
function oneofType(oneof: protobuf.OneOf, side: Side, imports: Imports): string {
  const readonly = side === "init" ? "readonly " : "";
  const alternatives = [...oneof.fieldsArray, undefined].map((chosen) => {
    const members = oneof.fieldsArray.map((field) => {
      const comment = docComment(field.comment);
      if (field !== chosen) return `${readonly}${field.name}?: undefined;`;
      return `${comment}${readonly}${field.name}: ${fieldType(field, side, imports)};`;
    });
    const choice = chosen ? `: ${JSON.stringify(chosen.name)}` : "?: undefined";
    // The writer reads the members alone.
    const discriminant = side === "read" ? `${oneof.name}${choice};` : "";
    return `{ ${discriminant}\n${members.join("\n")} }`;
  });
  return `(${alternatives.join(" | ")})`;
}

function member(field: protobuf.FieldBase, side: Side, imports: Imports): string {
  const comment = docComment(field.comment);
  const type = fieldType(field, side, imports);
  if (side === "read") return `${comment}${field.name}: ${type};`;
  return `${comment}readonly ${field.name}?: ${type} | undefined;`;
}

function fieldType(field: protobuf.FieldBase, side: Side, imports: Imports): string {
  const message = (type: protobuf.Type) =>
    side === "init" ? imports.init(type) : imports.type(type);
  const readonly = side === "init";
  if (field instanceof protobuf.MapField) {
    const record = `Record<string, ${message(mapValueOf(field))}>`;
    return readonly ? `Readonly<${record}>` : record;
  }
  const value = valueOf(field);
  const list = readonly ? "readonly " : "";
  switch (value.kind) {
    case "scalar": {
      const type = value.scalar.types[side === "init" ? 0 : 1];
      return field.repeated ? `${list}${type}[]` : type;
    }
    case "enum": {
      // A number stands for a value that has no name.
      const type = `${imports.type(value.type)} | number`;
      return field.repeated ? `${list}(${type})[]` : type;
    }
    case "message": {
      const type = message(value.type);
      if (field.repeated) return `${list}${type}[]`;
      return oneofOf(field) === undefined ? `${type} | null` : type;
    }
  }
}

function camel(type: protobuf.Type, member: string): string {
  return type.fields[member]?.name ?? member;
}
