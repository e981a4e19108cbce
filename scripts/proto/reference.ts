/** The reference of the protocol in Markdown, from `proto/signer`. @module */
import protobuf from "protobufjs";
import { fullName, type ProtoFile } from "./schema.ts";

/** Returns the page for the services, messages and enums of the files below `signer/`. */
export function referenceText(files: readonly ProtoFile[]): string {
  const own = files.filter(({ name }) => name.startsWith("signer/"));
  const parts = [
    "# Services, messages and fields",
    "Generated from `proto/` by `deno task proto`. [protocol.md](protocol.md) has the rules: versions, statuses, " +
    "limits. The standard health and reflection services are those of gRPC, and not repeated here.",
  ];
  for (const file of own) {
    const [first] = [...file.services, ...file.messages, ...file.enums];
    const packageName = fullName(first).split(".").slice(0, -1).join(".");
    parts.push(`## ${file.name.split("/").at(-1)}`, `Package \`${packageName}\`.`);
    for (const service of file.services) parts.push(...serviceParts(service));
    for (const message of file.messages) parts.push(...messageParts(message));
    for (const type of file.enums) parts.push(...enumParts(type));
  }
  return parts.join("\n\n") + "\n";
}

function serviceParts(service: protobuf.Service): string[] {
  const rows = service.methodsArray.map((method) => [
    code(method.name),
    typeName(method.requestType, method.requestStream),
    typeName(method.responseType, method.responseStream),
    cell(method.comment),
  ]);
  return [
    `### ${nameBelowPackage(service)}`,
    ...paragraph(service.comment),
    table(["method", "request", "response", "description"], rows),
  ];
}

function messageParts(message: protobuf.Type): string[] {
  const title = `### ${nameBelowPackage(message)}`;
  if (message.fieldsArray.length === 0) {
    return [title, ...paragraph(message.comment), "Has no fields."];
  }
  const rows = message.fieldsArray.map((field) => {
    const group = field.partOf && !field.partOf.name.startsWith("_") ? field.partOf : undefined;
    const oneOf = group === undefined ? "" : `One of \`${protoName(group.name)}\`.`;
    return [
      String(field.id),
      code(protoName(field.name)),
      fieldType(field),
      [oneOf, cell(field.comment)].filter((text) => text !== "").join(" "),
    ];
  });
  const groups = message.oneofsArray.filter(({ name, comment }) => !name.startsWith("_") && comment)
    .map(({ name, comment }) => `- \`${protoName(name)}\`: ${cell(comment)}`);
  return [
    title,
    ...paragraph(message.comment),
    ...groups.length > 0 ? [groups.join("\n")] : [],
    table(["number", "field", "type", "description"], rows),
  ];
}

function enumParts(type: protobuf.Enum): string[] {
  const rows = Object.entries(type.values).map((
    [name, value],
  ) => [String(value), code(name), cell(type.comments[name])]);
  return [
    `### ${nameBelowPackage(type)}`,
    ...paragraph(type.comment),
    table(["number", "value", "description"], rows),
  ];
}

/** Returns `key_id` for `keyId`: protobufjs reads names in camel case. */
function protoName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Returns `Outer.Inner` for a nested declaration. */
function nameBelowPackage(object: protobuf.ReflectionObject): string {
  const names = [object.name];
  for (let at = object.parent; at instanceof protobuf.Type; at = at.parent) names.unshift(at.name);
  return names.join(".");
}

function fieldType(field: protobuf.Field): string {
  const name = typeName(field.type, false);
  if (field instanceof protobuf.MapField) return `map of \`${field.keyType}\` to ${name}`;
  if (field.repeated) return `repeated ${name}`;
  return field.partOf?.name.startsWith("_") ? `optional ${name}` : name;
}

function typeName(type: string, isStream: boolean | undefined): string {
  const name = code(type.split(".").at(-1)!);
  return isStream ? `stream of ${name}` : name;
}

function code(text: string): string {
  return `\`${text}\``;
}

function paragraph(comment: string | null): string[] {
  return comment ? [oneLine(comment)] : [];
}

/** The text of a comment in a cell of a table. */
function cell(comment: string | null | undefined): string {
  return oneLine(comment ?? "").replaceAll("|", "\\|");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
