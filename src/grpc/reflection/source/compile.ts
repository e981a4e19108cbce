/**
 * A compiler of `.proto` files to descriptors, on the parser of protobufjs. It supports proto2, proto3 and edition
 * 2023. Options that affect neither the wire format nor JSON are left out.
 *
 * @module
 */
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import protobuf from "protobufjs";
import { findError } from "../../../errors/mod.ts";
import { readAnyFile, reasonOf } from "../../../files/mod.ts";
import { ReflectionError } from "../errors.ts";
import { wellKnownFile } from "../well_known_files.ts";
import { describeFile, type ParsedFile, type SymbolKind } from "./_describe.ts";

/** 16 MiB: many times as long as any file that people or generators write. */
const MAX_SOURCE_BYTES = 16 * 1024 * 1024;

/**
 * Compiles `.proto` files and their imports. Names are looked up in the folders in order, as `protoc -I` does.
 * `google/protobuf/` need not be there.
 *
 * @throws {ReflectionError} `BAD_SOURCE`
 */
export function compileProtoFiles(
  names: readonly string[],
  importPaths: readonly string[],
): FileDescriptorProto[] {
  const parsed = new Map<string, ParsedFile>();
  const symbols = new Map<string, SymbolKind>();
  const wellKnown = new Map<string, FileDescriptorProto>();
  const wanted = [...names];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (parsed.has(name) || wellKnown.has(name)) continue;
    const text = readSource(name, importPaths);
    const known = text === undefined ? wellKnownFile(name) : undefined;
    if (known) {
      wellKnown.set(name, known);
      wanted.push(...known.dependency);
      addDescribed(known, symbols);
      continue;
    }
    if (text === undefined) {
      throw new ReflectionError(
        "BAD_SOURCE",
        `There is no file ${JSON.stringify(name)} in ${importPaths.join(", ") || "."}`,
      );
    }
    const file = parse(name, text);
    parsed.set(name, file);
    wanted.push(...file.imports);
    addParsed(file.root, "", symbols);
  }
  const described = [...parsed.values()].map((file) => {
    try {
      return fromJson(FileDescriptorProtoSchema, describeFile(file, symbols) as JsonValue);
    } catch (cause) {
      throw badSource(file.name, cause);
    }
  });
  return [...wellKnown.values(), ...described];
}

function readSource(name: string, importPaths: readonly string[]): string | undefined {
  const places = importPaths.length > 0 ? importPaths.map((path) => `${path}/${name}`) : [name];
  for (const place of places) {
    try {
      return new TextDecoder().decode(readAnyFile(place, MAX_SOURCE_BYTES));
    } catch (cause) {
      if (!findError(cause, "files", "NOT_FOUND")) throw badSource(place, cause);
    }
  }
}

function parse(name: string, text: string): ParsedFile {
  try {
    // protobufjs drops such a field silently.
    if (/\b__proto__\b/.test(text)) throw new Error("the name __proto__ needs --protoset");
    const root = new protobuf.Root();
    const parsed = protobuf.parse(text, root, { keepCase: true });
    const imports = [...parsed.imports ?? [], ...parsed.weakImports ?? []];
    return { name, package: parsed.package ?? "", imports, root };
  } catch (cause) {
    throw badSource(name, cause);
  }
}

function badSource(name: string, cause: unknown): ReflectionError {
  const message = reasonOf(cause);
  return new ReflectionError("BAD_SOURCE", `Cannot compile ${JSON.stringify(name)}: ${message}`, {
    cause,
  });
}

function addParsed(
  namespace: protobuf.NamespaceBase,
  scope: string,
  symbols: Map<string, SymbolKind>,
): void {
  for (const nested of namespace.nestedArray) {
    const name = scope === "" ? nested.name : `${scope}.${nested.name}`;
    if (nested instanceof protobuf.Enum) symbols.set(name, "enum");
    else if (nested instanceof protobuf.Type) symbols.set(name, "message");
    if (nested instanceof protobuf.Namespace) addParsed(nested, name, symbols);
  }
}

function addDescribed(file: FileDescriptorProto, symbols: Map<string, SymbolKind>): void {
  const addMessages = (messages: FileDescriptorProto["messageType"], scope: string) => {
    for (const { name, nestedType, enumType } of messages) {
      symbols.set(`${scope}.${name}`, "message");
      for (const each of enumType) symbols.set(`${scope}.${name}.${each.name}`, "enum");
      addMessages(nestedType, `${scope}.${name}`);
    }
  };
  addMessages(file.messageType, file.package);
  for (const { name } of file.enumType) symbols.set(`${file.package}.${name}`, "enum");
}
