/** Converts the parse tree of protobufjs to descriptors in JSON. @module */
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import protobuf from "protobufjs";

/** The kind of type that a full name refers to. */
export type SymbolKind = "message" | "enum";

/** A parsed file. */
export interface ParsedFile {
  readonly name: string;
  readonly package: string;
  readonly imports: readonly string[];
  readonly root: protobuf.Root;
}

/** The scope of a reference: the name of the enclosing declaration, and all known types. */
interface Scope {
  readonly name: string;
  readonly symbols: ReadonlyMap<string, SymbolKind>;
}

const scalars: ReadonlySet<string> = new Set([
  ...["double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64"],
  ...["fixed32", "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes"],
]);

/**
 * Returns the JSON of a `FileDescriptorProto`.
 *
 * @throws {Error} for a type that no file declares
 */
export function describeFile(
  { name, package: scope, imports, root }: ParsedFile,
  symbols: ReadonlyMap<string, SymbolKind>,
): object {
  const namespace = scope === "" ? root : root.lookup(scope) as protobuf.Namespace;
  return {
    name,
    ...(scope === "" ? {} : { package: scope }),
    dependency: imports,
    ...editionOf(namespace),
    ...members(namespace, { name: scope, symbols }),
    service: namespace.nestedArray.filter((each) => each instanceof protobuf.Service)
      .map((service) => serviceOf(service, { name: join(scope, service.name), symbols })),
    ...featuresOf(namespace, optionsOf(namespace, fileOptions)),
  };
}

/** File and method options that descriptors keep, besides features. */
const fileOptions = [
  ...["csharp_namespace", "go_package", "java_multiple_files", "java_outer_classname"],
  ...["java_package", "objc_class_prefix", "php_namespace", "ruby_package", "swift_prefix"],
];
const methodOptions = ["deprecated", "idempotency_level"];

function optionsOf({ options = {} }: protobuf.ReflectionObject, names: readonly string[]): object {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined)
      .map((name) => [protoCamelCase(name), options[name]]),
  );
}

function editionOf({ nestedArray }: protobuf.NamespaceBase): object {
  // protobufjs keeps the edition on the declarations only.
  const [first] = nestedArray as (protobuf.ReflectionObject & { _edition?: string })[];
  const edition = first?._edition ?? "proto3";
  return edition.startsWith("proto")
    ? { syntax: edition }
    : { syntax: "editions", edition: `EDITION_${edition}` };
}

/** Describes messages, enums and extensions. In the JSON of a message their lists have other names than in a file. */
function members(namespace: protobuf.NamespaceBase, scope: Scope, nested = false): object {
  const { nestedArray } = namespace;
  return {
    [nested ? "nestedType" : "messageType"]: nestedArray
      .filter((each) => each instanceof protobuf.Type)
      .map((type) => messageOf(type, { ...scope, name: join(scope.name, type.name) })),
    enumType: nestedArray.filter((each) => each instanceof protobuf.Enum).map(enumOf),
    extension: nestedArray.filter((each) => each instanceof protobuf.Field)
      .map((field) => ({ ...fieldOf(field, scope), extendee: resolve(field.extend!, scope).name })),
  };
}

function messageOf(type: protobuf.Type, scope: Scope): object {
  // protobufjs adds copies of extensions in the same file to the fields of the message.
  const fields = type.fieldsArray.filter((field) => !field.declaringField);
  const oneofs = type.oneofsArray.filter((oneof) => !isSynthetic(oneof));
  const synthetic = type.oneofsArray.filter(isSynthetic);
  const all = [...oneofs, ...synthetic];
  const entries = fields.filter((field) => field instanceof protobuf.MapField)
    .map((field) => mapEntryOf(field, scope));
  const { nestedType, ...rest } = members(type, scope, true) as { nestedType: object[] };
  return {
    name: type.name,
    field: fields.map((field) => ({
      ...fieldOf(field, scope),
      ...(field.partOf ? { oneofIndex: all.indexOf(field.partOf) } : {}),
    })),
    oneofDecl: all.map(({ name }) => ({ name })),
    nestedType: [...nestedType, ...entries],
    ...rest,
    extensionRange: (type.extensions ?? []).map(([start, end]) => ({ start, end: end! + 1 })),
    ...featuresOf(type),
  };
}

/** Returns true for a oneof that protobufjs made for an `optional` field of proto3. */
function isSynthetic({ fieldsArray }: protobuf.OneOf): boolean {
  return fieldsArray[0]?.options?.proto3_optional === true;
}

function fieldOf(field: protobuf.Field, scope: Scope): object {
  const { id, options = {} } = field;
  const rule = (field as { rule?: string }).rule;
  const group = groupOf(field);
  const name = group ? field.name.toLowerCase() : field.name;
  const type = field instanceof protobuf.MapField
    ? { type: "TYPE_MESSAGE", typeName: `.${join(scope.name, entryName(field.name))}` }
    : typeOf(field.type, scope);
  return {
    name,
    number: id,
    label: field instanceof protobuf.MapField || rule === "repeated"
      ? "LABEL_REPEATED"
      : rule === "required"
      ? "LABEL_REQUIRED"
      : "LABEL_OPTIONAL",
    ...type,
    ...(group ? { type: "TYPE_GROUP" } : {}),
    jsonName: typeof options.json_name === "string" ? options.json_name : protoCamelCase(name),
    ...(options.proto3_optional === true ? { proto3Optional: true } : {}),
    ...featuresOf(field),
  };
}

/** Returns the type of a proto2 group: declared beside the field, with the field's name. */
function groupOf(field: protobuf.Field): boolean {
  const type = field.parent?.get(field.type);
  return type instanceof protobuf.Type && (type as { group?: boolean }).group === true &&
    type.name.toLowerCase() === field.name.toLowerCase();
}

function mapEntryOf(field: protobuf.MapField, scope: Scope): object {
  const value = typeOf(field.type, scope);
  return {
    name: entryName(field.name),
    field: [
      { name: "key", number: 1, label: "LABEL_OPTIONAL", ...typeOf(field.keyType, scope) },
      { name: "value", number: 2, label: "LABEL_OPTIONAL", ...value },
    ].map((each) => ({ ...each, jsonName: each.name })),
    options: { mapEntry: true },
  };
}

/** Returns protoc's name for the entry type of a map: `ByNumberEntry` for `by_number`. */
function entryName(field: string): string {
  return `${
    field.replace(/(?:^|_+)([a-zA-Z0-9]?)/g, (_, first: string) => first.toUpperCase())
  }Entry`;
}

function enumOf(type: protobuf.Enum): object {
  return {
    name: type.name,
    value: Object.entries(type.values).map(([name, number]) => ({ name, number })),
    ...featuresOf(type, type.options?.allow_alias === true ? { allowAlias: true } : {}),
  };
}

function serviceOf(service: protobuf.Service, scope: Scope): object {
  return {
    name: service.name,
    method: service.methodsArray.map((method) => ({
      name: method.name,
      inputType: resolve(method.requestType, scope).name,
      outputType: resolve(method.responseType, scope).name,
      ...(method.requestStream ? { clientStreaming: true } : {}),
      ...(method.responseStream ? { serverStreaming: true } : {}),
      ...featuresOf(method, optionsOf(method, methodOptions)),
    })),
  };
}

/** Returns the features, which the wire format and JSON depend on. */
function featuresOf({ options = {} }: protobuf.ReflectionObject, more: object = {}): object {
  const { features } = options;
  const found = {
    ...more,
    ...(typeof options.packed === "boolean" ? { packed: options.packed } : {}),
    ...(typeof features === "object" ? { features } : {}),
  };
  return Object.keys(found).length > 0 ? { options: found } : {};
}

function typeOf(type: string, scope: Scope): object {
  if (scalars.has(type)) return { type: `TYPE_${type.toUpperCase()}` };
  const { name, kind } = resolve(type, scope);
  return { type: kind === "enum" ? "TYPE_ENUM" : "TYPE_MESSAGE", typeName: name };
}

/** Resolves a reference from its scope outwards. The full name begins with a dot. */
function resolve(reference: string, { name, symbols }: Scope): { name: string; kind: SymbolKind } {
  if (reference.startsWith(".")) {
    const kind = symbols.get(reference.slice(1));
    if (kind) return { name: reference, kind };
  } else {
    for (let scope = name;; scope = scope.slice(0, Math.max(0, scope.lastIndexOf(".")))) {
      const kind = symbols.get(join(scope, reference));
      if (kind) return { name: `.${join(scope, reference)}`, kind };
      if (scope === "") break;
    }
  }
  throw new Error(`${reference}, which ${name} names, is declared nowhere`);
}

function join(scope: string, name: string): string {
  return scope === "" ? name : `${scope}.${name}`;
}
