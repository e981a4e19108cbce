import protobuf from "protobufjs";
import { codeModuleOf, Imports, localName } from "./imports.ts";
import { readCode } from "./read_code.ts";
import { fullName, lowerFirst, type ProtoFile } from "./schema.ts";
import { writeCode } from "./write_code.ts";

/** The module of a `.proto` file: codecs of its messages, and definitions of its services. */
export function moduleCode(file: ProtoFile): string {
  const imports = new Imports(codeModuleOf(file.name));
  const parts = [
    ...file.enums.map((type) => enumCode(type, imports)),
    ...file.messages.flatMap((type) => [
      writeCode(type, imports),
      readCode(type, imports),
      codecCode(type, imports),
    ]),
    ...file.services.map((service) => serviceCode(service, imports)),
  ];
  return `/** Generated from proto/${file.name} by \`deno task proto\`. @module */\n` +
    `${imports}\n${parts.join("\n\n")}\n`;
}

function enumCode(type: protobuf.Enum, imports: Imports): string {
  const numbers = Object.entries(type.values).map(([name, number]) => `${name}: ${number}`);
  return `export const ${lowerFirst(localName(type))}Names =
    new ${imports.wire("EnumNames")}<${imports.enumValue(type)}>("${fullName(type)}", {
      ${numbers.join(",\n")},
    });`;
}

function codecCode(type: protobuf.Type, imports: Imports): string {
  const { given, got } = imports.message(type);
  const local = localName(type);
  return `export const ${codecOf(type, imports)}: ${
    imports.wire("type Codec")
  }<${given}, ${got}> = ${imports.wire("codec")}("${
    fullName(type)
  }", write${local}, read${local});`;
}

function codecOf(type: protobuf.Type, imports: Imports): string {
  return imports.code(type, `${lowerFirst(localName(type))}Codec`);
}

function serviceCode(service: protobuf.Service, imports: Imports): string {
  const definition = `${service.name}Definition`;
  imports.add(`${fullName(service).replaceAll(".", "/")}.ts`, `type ${definition}`);
  const methods = service.methodsArray.map((each) => methodCode(service, each, imports));
  const name = lowerFirst(service.name.replace(/Service$/, ""));
  return `export const ${name}Service: ${definition} = { ${methods.join(",\n")}, };`;
}

function methodCode(
  service: protobuf.Service,
  { name, requestStream, responseStream, resolvedRequestType, resolvedResponseType, options }:
    protobuf.Method,
  imports: Imports,
): string {
  imports.add("../../grpc/mod.ts", "method");
  return `${name}: method(
    "/${fullName(service)}/${name}",
    ${codecOf(resolvedRequestType!, imports)},
    ${codecOf(resolvedResponseType!, imports)},
    {
      requestStream: ${requestStream ?? false},
      responseStream: ${responseStream ?? false},
      originalName: "${lowerFirst(name)}",
      options: { idempotency_level: "${options?.idempotency_level ?? "IDEMPOTENCY_UNKNOWN"}" },
    },
  )`;
}
