import { loadSync, type PackageDefinition } from "@grpc/proto-loader";

/** A field's type as descriptor.proto names it, such as `TYPE_INT64`. */
export type FieldType = `TYPE_${string}`;

/** A field of a message. */
export interface Field {
  /** As in the `.proto` file. */
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly type: FieldType;
  /** The full name of the message or enum, where the type is one. */
  readonly typeName: string | undefined;
  readonly repeated: boolean;
  readonly required: boolean;
  /** Whether it is known of a scalar that it is not set. */
  readonly optional: boolean;
  /** The oneof that it is one of. */
  readonly oneof: string | undefined;
}

export interface MessageType {
  readonly kind: "message";
  /** In full, without a leading dot. */
  readonly name: string;
  readonly fields: readonly Field[];
  /** Whether it is the hidden message of key and value that stands for an entry of a map. */
  readonly mapEntry: boolean;
  /** Full names of the messages and enums declared inside it. */
  readonly nested: readonly string[];
}

export interface EnumType {
  readonly kind: "enum";
  readonly name: string;
  readonly values: readonly { readonly name: string; readonly number: number }[];
}

export interface MethodType {
  readonly kind: "method";
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

export interface ServiceType {
  readonly kind: "service";
  readonly name: string;
  readonly methods: readonly MethodType[];
}

export type Declared = MessageType | EnumType | ServiceType | MethodType;

/** What a `.proto` file declares, and which files it needs. */
export interface DescribedFile {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly declared: readonly Declared[];
}

/** The part of descriptor.proto's messages that is read here, as proto-loader gives it. */
interface FileProto {
  readonly name: string;
  readonly package: string;
  readonly dependency: readonly string[];
  readonly messageType: readonly MessageProto[];
  readonly enumType: readonly EnumProto[];
  readonly service: readonly { name: string; method: readonly MethodProto[] }[];
}
interface MessageProto {
  readonly name: string;
  readonly field: readonly FieldProto[];
  readonly nestedType: readonly MessageProto[];
  readonly enumType: readonly EnumProto[];
  readonly oneofDecl: readonly { name: string }[];
  readonly options?: { mapEntry?: boolean };
}
interface FieldProto {
  readonly name: string;
  readonly jsonName?: string;
  readonly number: number;
  readonly label: string;
  readonly type: FieldType;
  readonly typeName?: string;
  readonly oneofIndex?: number;
}
interface EnumProto {
  readonly name: string;
  readonly value: readonly { name: string; number: number }[];
}
interface MethodProto {
  readonly name: string;
  readonly inputType: string;
  readonly outputType: string;
  readonly clientStreaming?: boolean;
  readonly serverStreaming?: boolean;
}

let descriptorProto: PackageDefinition | undefined;

/**
 * Reads a serialized `FileDescriptorProto` (protobuf's descriptor.proto), as reflection gives it.
 *
 * @throws {Error} when the bytes are none
 */
export function readFileDescriptor(bytes: Uint8Array): DescribedFile {
  // Bundled with protobufjs: nothing is read from the disk.
  descriptorProto ??= loadSync("google/protobuf/descriptor.proto", { enums: String, arrays: true });
  const { deserialize } = descriptorProto["google.protobuf.FileDescriptorProto"] as unknown as {
    deserialize(bytes: Uint8Array): FileProto;
  };
  const file = deserialize(bytes);
  const scope = file.package ?? "";
  return {
    name: file.name,
    dependencies: file.dependency,
    declared: [
      ...file.messageType.flatMap((message) => messages(message, scope)),
      ...file.enumType.map((type) => enumType(type, scope)),
      ...file.service.map(({ name, method }): ServiceType => ({
        kind: "service",
        name: join(scope, name),
        methods: method.map((each) => methodType(each, join(scope, name))),
      })),
    ],
  };
}

/** A message and all that is declared inside it. */
function messages(message: MessageProto, scope: string): (MessageType | EnumType)[] {
  const name = join(scope, message.name);
  const enums = message.enumType.map((type) => enumType(type, name));
  const nested = message.nestedType.map((type) => messages(type, name));
  const type: MessageType = {
    kind: "message",
    name,
    fields: message.field.map((field) => fieldOf(field, message, name)),
    mapEntry: message.options?.mapEntry ?? false,
    nested: [...nested.map(([first]) => first!.name), ...enums.map((each) => each.name)],
  };
  return [type, ...nested.flat(), ...enums];
}

function enumType({ name, value }: EnumProto, scope: string): EnumType {
  return { kind: "enum", name: join(scope, name), values: value };
}

function methodType(method: MethodProto, service: string): MethodType {
  return {
    kind: "method",
    name: join(service, method.name),
    request: method.inputType.replace(/^\./, ""),
    response: method.outputType.replace(/^\./, ""),
    requestStream: method.clientStreaming ?? false,
    responseStream: method.serverStreaming ?? false,
  };
}

function fieldOf(field: FieldProto, message: MessageProto, scope: string): Field {
  const oneof = field.oneofIndex === undefined
    ? undefined
    : message.oneofDecl[field.oneofIndex]?.name;
  // `optional` in proto3 is a oneof of one, which protoc names so (descriptor.proto, proto3_optional).
  const optional = oneof === `_${field.name}`;
  return {
    name: field.name,
    jsonName: field.jsonName || lowerCamel(field.name),
    number: field.number,
    type: field.type,
    // Relative where protobufjs wrote the descriptor; then the index resolves it from this scope.
    typeName: field.typeName?.startsWith(".")
      ? field.typeName.slice(1)
      : field.typeName && `${scope}:${field.typeName}`,
    repeated: field.label === "LABEL_REPEATED",
    required: field.label === "LABEL_REQUIRED",
    optional,
    oneof: optional ? undefined : oneof,
  };
}

/** The JSON name that protoc derives from a field's name. */
function lowerCamel(name: string): string {
  return name.replace(/_+([a-zA-Z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}

function join(scope: string, name: string): string {
  return scope ? `${scope}.${name}` : name;
}
