import { fromJSON } from "@grpc/proto-loader";
import type { AnyMethod } from "../../grpc/mod.ts";

/** The versions of the reflection service, the one to try first leading. Their messages are the same. */
export const reflectionVersions = ["v1", "v1alpha"] as const;
export type ReflectionVersion = typeof reflectionVersions[number];

/** What is asked of the service: one of these. */
export interface ReflectionRequest {
  readonly listServices?: string;
  readonly fileContainingSymbol?: string;
  readonly fileByFilename?: string;
}

/** What it answers: one of these. */
export interface ReflectionResponse {
  readonly listServicesResponse?: { readonly service?: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto?: readonly Uint8Array[] };
  readonly errorResponse?: { readonly errorCode?: number; readonly errorMessage?: string };
}

/**
 * `ServerReflectionInfo` of a version: the part of grpc's reflection.proto that is used here, in
 * protobufjs's own form.
 */
export function reflectionMethod(version: ReflectionVersion): AnyMethod {
  const known = methods.get(version);
  if (known) return known;
  const definitions = fromJSON({
    nested: { grpc: { nested: { reflection: { nested: { [version]: { nested: messages } } } } } },
  });
  const service = definitions[`grpc.reflection.${version}.ServerReflection`];
  const method = (service as unknown as Record<string, AnyMethod>).ServerReflectionInfo!;
  methods.set(version, method);
  return method;
}

const methods = new Map<ReflectionVersion, AnyMethod>();

const messages = {
  ServerReflection: {
    methods: {
      ServerReflectionInfo: {
        requestType: "ServerReflectionRequest",
        requestStream: true,
        responseType: "ServerReflectionResponse",
        responseStream: true,
        comment: "",
      },
    },
  },
  ServerReflectionRequest: {
    oneofs: {
      messageRequest: { oneof: ["fileByFilename", "fileContainingSymbol", "listServices"] },
    },
    fields: {
      fileByFilename: { type: "string", id: 3 },
      fileContainingSymbol: { type: "string", id: 4 },
      listServices: { type: "string", id: 7 },
    },
  },
  ServerReflectionResponse: {
    oneofs: {
      messageResponse: {
        oneof: ["fileDescriptorResponse", "listServicesResponse", "errorResponse"],
      },
    },
    fields: {
      fileDescriptorResponse: { type: "FileDescriptorResponse", id: 4 },
      listServicesResponse: { type: "ListServiceResponse", id: 6 },
      errorResponse: { type: "ErrorResponse", id: 7 },
    },
  },
  FileDescriptorResponse: {
    fields: { fileDescriptorProto: { rule: "repeated", type: "bytes", id: 1 } },
  },
  ListServiceResponse: {
    fields: { service: { rule: "repeated", type: "ServiceResponse", id: 1 } },
  },
  ServiceResponse: { fields: { name: { type: "string", id: 1 } } },
  ErrorResponse: {
    fields: {
      errorCode: { type: "int32", id: 1 },
      errorMessage: { type: "string", id: 2 },
    },
  },
};
