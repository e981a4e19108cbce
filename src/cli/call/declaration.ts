/** Declarations in the language of `.proto` files, printed from descriptors. @module */
import type {
  DescEnum,
  DescExtension,
  DescField,
  DescMessage,
  DescMethod,
  DescOneof,
} from "@bufbuild/protobuf";
import { Edition } from "@bufbuild/protobuf/wkt";
import { type Declared, symbolName } from "../../grpc/reflection/mod.ts";

/** The presence of a field that must be set: FeatureSet.FieldPresence of descriptor.proto. */
const legacyRequired = 3;

const scalarNames = [
  ...["", "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string"],
  ...["group", "message", "bytes", "uint32", "enum", "sfixed32", "sfixed64", "sint32", "sint64"],
];

/**
 * The lines of a symbol's declaration, with the full names of types. The first line names the symbol's kind.
 */
export function declarationOf(declared: Declared): string[] {
  const kind = declared.kind === "rpc" ? "method" : declared.kind;
  const article = /^[aeiou]/.test(kind) ? "an" : "a";
  return [`${symbolName(declared)} is ${article} ${kind}:`, ...linesOf(declared)];
}

function linesOf(declared: Declared): string[] {
  switch (declared.kind) {
    case "message":
      return block(`message ${declared.name}`, messageLines(declared));
    case "enum":
      return enumLines(declared);
    case "extension":
      return block(`extend .${declared.extendee.typeName}`, fieldLines(declared));
    case "service":
      return block(`service ${declared.name}`, declared.methods.map(methodLine));
    case "rpc":
      return [methodLine(declared)];
  }
}

function messageLines({ members, nestedMessages, nestedEnums }: DescMessage): string[] {
  const groups = new Set(members.flatMap((member) => isGroup(member) ? [member.message] : []));
  return [
    ...members.flatMap((member) =>
      member.kind === "oneof"
        ? block(`oneof ${member.name}`, member.fields.flatMap(fieldLines))
        : fieldLines(member)
    ),
    ...nestedMessages.filter((nested) => !groups.has(nested)).flatMap(linesOf),
    ...nestedEnums.flatMap(linesOf),
  ];
}

function fieldLines(field: DescField | DescExtension): string[] {
  const end = `= ${field.number}`;
  if (isGroup(field)) {
    return block(
      `${label(field)}group ${field.message!.name} ${end}`,
      messageLines(field.message!),
    );
  }
  return [`${label(field)}${typeName(field)} ${field.name} ${end};`];
}

function label(field: DescField | DescExtension): string {
  if (field.fieldKind === "list") return "repeated ";
  if (field.presence === legacyRequired) return "required ";
  const { file } = field.kind === "field" ? field.parent : field;
  const optional = field.proto.proto3Optional ||
    (file.edition === Edition.EDITION_PROTO2 && !field.oneof && field.fieldKind !== "map");
  return optional ? "optional " : "";
}

function typeName(field: DescField | DescExtension): string {
  if (field.fieldKind === "map") {
    return `map<${scalarNames[field.mapKey]}, ${elementName(field)}>`;
  }
  return elementName(field);
}

function elementName({ message, enum: type, scalar }: DescField | DescExtension): string {
  const named = message ?? type;
  return named ? `.${named.typeName}` : scalarNames[scalar!]!;
}

/** Returns true for a group of proto2, which declares its message in place. */
function isGroup(field: DescField | DescExtension | DescOneof): field is DescField {
  if (field.kind === "oneof" || field.fieldKind === "map") return false;
  return field.message !== undefined && field.proto.type === 10;
}

function enumLines({ name, values }: DescEnum): string[] {
  return block(`enum ${name}`, values.map((value) => `${value.name} = ${value.number};`));
}

function methodLine({ name, input, output, methodKind }: DescMethod): string {
  const request = methodKind === "client_streaming" || methodKind === "bidi_streaming";
  const response = methodKind === "server_streaming" || methodKind === "bidi_streaming";
  return `rpc ${name}(${request ? "stream " : ""}.${input.typeName}) ` +
    `returns (${response ? "stream " : ""}.${output.typeName});`;
}

function block(head: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`${head} {}`];
  return [`${head} {`, ...lines.map((line) => `  ${line}`), "}"];
}
