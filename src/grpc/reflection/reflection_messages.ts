/** The messages of grpc's reflection.proto. v1 and v1alpha differ in the name of the package only. @module */
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type Message,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { type AnyMethod, asBuffer } from "../mod.ts";

/** The versions of the reflection service, in the order in which a client tries them. */
export const reflectionVersions = ["v1", "v1alpha"] as const;
export type ReflectionVersion = typeof reflectionVersions[number];

/** A `ServerReflectionRequest`, of which one field is set. */
export interface ReflectionRequest {
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly listServices?: string;
}

/** A `ServerReflectionResponse`, of which one field is set. */
export interface ReflectionResponse {
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Uint8Array[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly errorResponse?: { readonly errorCode: number; readonly errorMessage: string };
}

/** Returns the method `ServerReflectionInfo` of a version, with the interfaces above as its messages. */
export function reflectionMethod(version: ReflectionVersion): AnyMethod {
  const name = "ServerReflectionInfo";
  return {
    path: `/grpc.reflection.${version}.ServerReflection/${name}`,
    originalName: name,
    requestStream: true,
    responseStream: true,
    requestSerialize: (request: ReflectionRequest) => encode(types().request, request),
    requestDeserialize: (bytes) => decode(types().request, bytes),
    responseSerialize: (response: ReflectionResponse) => encode(types().response, response),
    responseDeserialize: (bytes) => decode(types().response, bytes),
  };
}

/** A message with a single oneof, in the form of `@bufbuild/protobuf`. */
type OneofMessage = Message & {
  one: { case: string | undefined; value?: unknown };
};

function encode(type: DescMessage, oneof: object): ReturnType<typeof asBuffer> {
  const [[name, value] = [undefined, undefined]] = Object.entries(oneof);
  const one = name === undefined ? { case: undefined } : { case: name, value };
  return asBuffer(toBinary(type, create(type, { one } as Record<string, unknown>)));
}

function decode<T extends object>(type: DescMessage, bytes: Uint8Array): T {
  const { one } = fromBinary(type, bytes) as OneofMessage;
  return (one.case === undefined ? {} : { [one.case]: one.value }) as T;
}

let known: { readonly request: DescMessage; readonly response: DescMessage } | undefined;

function types() {
  if (!known) {
    const set = create(FileDescriptorSetSchema, { file: [file()] });
    const registry = createFileRegistry(set);
    const message = (name: string) => registry.getMessage(`grpc.reflection.${name}`)!;
    known = {
      request: message("ServerReflectionRequest"),
      response: message("ServerReflectionResponse"),
    };
  }
  return known;
}

/** Returns the descriptor of the part of reflection.proto that the client uses. */
function file(): FileDescriptorProto {
  const field = (name: string, number: number, type: string, more: object = {}) => ({
    name,
    number,
    label: "LABEL_OPTIONAL",
    ...(type.startsWith("TYPE_")
      ? { type }
      : { type: "TYPE_MESSAGE", typeName: `.grpc.reflection.${type}` }),
    ...more,
  });
  const repeated = { label: "LABEL_REPEATED" };
  const inOneof = { oneofIndex: 0 };
  const oneofDecl = [{ name: "one" }];
  return fromJson(FileDescriptorProtoSchema, {
    name: "reflection.proto",
    package: "grpc.reflection",
    syntax: "proto3",
    messageType: [
      {
        name: "ServerReflectionRequest",
        oneofDecl,
        field: [
          field("file_by_filename", 3, "TYPE_STRING", inOneof),
          field("file_containing_symbol", 4, "TYPE_STRING", inOneof),
          field("list_services", 7, "TYPE_STRING", inOneof),
        ],
      },
      {
        name: "ServerReflectionResponse",
        oneofDecl,
        field: [
          field("file_descriptor_response", 4, "FileDescriptorResponse", inOneof),
          field("list_services_response", 6, "ListServiceResponse", inOneof),
          field("error_response", 7, "ErrorResponse", inOneof),
        ],
      },
      {
        name: "FileDescriptorResponse",
        field: [field("file_descriptor_proto", 1, "TYPE_BYTES", repeated)],
      },
      { name: "ListServiceResponse", field: [field("service", 1, "ServiceResponse", repeated)] },
      { name: "ServiceResponse", field: [field("name", 1, "TYPE_STRING")] },
      {
        name: "ErrorResponse",
        field: [field("error_code", 1, "TYPE_INT32"), field("error_message", 2, "TYPE_STRING")],
      },
    ],
  });
}
