import type { Declared, EnumType, Field, MessageType, MethodType } from "./descriptors.ts";
import type { Schema } from "./schema.ts";

/**
 * A symbol as a `.proto` file declares it, with the names of types in full; a line before it says what it
 * is.
 */
export function declarationOf(schema: Schema, declared: Declared): string {
  const article = declared.kind === "enum" ? "an" : "a";
  const lines = [`${declared.name} is ${article} ${declared.kind}:`, ...linesOf(schema, declared)];
  return lines.map((line) => `${line}\n`).join("");
}

function linesOf(schema: Schema, declared: Declared): string[] {
  switch (declared.kind) {
    case "message":
      return messageLines(schema, declared);
    case "enum":
      return block(`enum ${lastName(declared.name)}`, enumLines(declared));
    case "service":
      return block(`service ${lastName(declared.name)}`, declared.methods.map(methodLine));
    case "method":
      return [methodLine(declared)];
  }
}

function messageLines(schema: Schema, message: MessageType): string[] {
  const lines: string[] = [];
  const oneofs = new Set<string>();
  for (const field of message.fields) {
    if (field.oneof === undefined) {
      lines.push(fieldLine(schema, field));
    } else if (!oneofs.has(field.oneof)) {
      oneofs.add(field.oneof);
      const together = message.fields.filter(({ oneof }) => oneof === field.oneof);
      lines.push(...block(`oneof ${field.oneof}`, together.map((each) => fieldLine(schema, each))));
    }
  }
  for (const name of message.nested) {
    const nested = schema.find(name)!;
    if (nested.kind === "message" && nested.mapEntry) continue;
    lines.push(...linesOf(schema, nested));
  }
  return block(`message ${lastName(message.name)}`, lines);
}

function fieldLine(schema: Schema, field: Field): string {
  const type = schema.typeOf(field);
  const end = `${field.name} = ${field.number};`;
  if (type?.kind === "message" && type.mapEntry) {
    const [key, value] = type.fields as [Field, Field];
    return `map<${typeName(schema, key)}, ${typeName(schema, value)}> ${end}`;
  }
  const label = field.repeated
    ? "repeated "
    : field.required
    ? "required "
    : field.optional
    ? "optional "
    : "";
  return `${label}${typeName(schema, field)} ${end}`;
}

function typeName(schema: Schema, field: Field): string {
  const type = schema.typeOf(field);
  return type ? `.${type.name}` : field.type.replace("TYPE_", "").toLowerCase();
}

function enumLines({ values }: EnumType): string[] {
  return values.map(({ name, number }) => `${name} = ${number};`);
}

function methodLine(
  { name, request, response, requestStream, responseStream }: MethodType,
): string {
  const asked = `${requestStream ? "stream " : ""}.${request}`;
  const answered = `${responseStream ? "stream " : ""}.${response}`;
  return `rpc ${lastName(name)}(${asked}) returns (${answered});`;
}

function block(head: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`${head} {}`];
  return [`${head} {`, ...lines.map((line) => `  ${line}`), "}"];
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
