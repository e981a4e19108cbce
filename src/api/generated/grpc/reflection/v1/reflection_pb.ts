/** Generated from proto/grpc/reflection/v1/reflection.proto by `deno task proto`. @module */
import {
  type Codec,
  codec,
  type WireReader,
  type WireWriter,
} from "../../../../../protobuf/mod.ts";
import { method } from "../../../../../grpc/mod.ts";

/** A `grpc.reflection.v1.ServerReflectionRequest` to write: fields may be left out. */
export type ServerReflectionRequestInit =
  & { readonly host?: string | undefined }
  & ({
    /** The file of this name, such as "signer/v1/keys.proto". */
    readonly fileByFilename: string;
    readonly fileContainingSymbol?: undefined;
    readonly fileContainingExtension?: undefined;
    readonly allExtensionNumbersOfType?: undefined;
    readonly listServices?: undefined;
  } | {
    readonly fileByFilename?: undefined;
    /** The file that declares a symbol, given by its full name. */
    readonly fileContainingSymbol: string;
    readonly fileContainingExtension?: undefined;
    readonly allExtensionNumbersOfType?: undefined;
    readonly listServices?: undefined;
  } | {
    readonly fileByFilename?: undefined;
    readonly fileContainingSymbol?: undefined;
    /** The file that declares an extension. */
    readonly fileContainingExtension: ExtensionRequestInit;
    readonly allExtensionNumbersOfType?: undefined;
    readonly listServices?: undefined;
  } | {
    readonly fileByFilename?: undefined;
    readonly fileContainingSymbol?: undefined;
    readonly fileContainingExtension?: undefined;
    /** The numbers of all extensions of a message, given by its full name. */
    readonly allExtensionNumbersOfType: string;
    readonly listServices?: undefined;
  } | {
    readonly fileByFilename?: undefined;
    readonly fileContainingSymbol?: undefined;
    readonly fileContainingExtension?: undefined;
    readonly allExtensionNumbersOfType?: undefined;
    /** The names of all services. The value is ignored. */
    readonly listServices: string;
  } | {
    readonly fileByFilename?: undefined;
    readonly fileContainingSymbol?: undefined;
    readonly fileContainingExtension?: undefined;
    readonly allExtensionNumbersOfType?: undefined;
    readonly listServices?: undefined;
  });

/** A `grpc.reflection.v1.ServerReflectionRequest` that was read. */
export type ServerReflectionRequest =
  & { host: string }
  & ({
    messageRequest: "fileByFilename";
    /** The file of this name, such as "signer/v1/keys.proto". */
    fileByFilename: string;
    fileContainingSymbol?: undefined;
    fileContainingExtension?: undefined;
    allExtensionNumbersOfType?: undefined;
    listServices?: undefined;
  } | {
    messageRequest: "fileContainingSymbol";
    fileByFilename?: undefined;
    /** The file that declares a symbol, given by its full name. */
    fileContainingSymbol: string;
    fileContainingExtension?: undefined;
    allExtensionNumbersOfType?: undefined;
    listServices?: undefined;
  } | {
    messageRequest: "fileContainingExtension";
    fileByFilename?: undefined;
    fileContainingSymbol?: undefined;
    /** The file that declares an extension. */
    fileContainingExtension: ExtensionRequest;
    allExtensionNumbersOfType?: undefined;
    listServices?: undefined;
  } | {
    messageRequest: "allExtensionNumbersOfType";
    fileByFilename?: undefined;
    fileContainingSymbol?: undefined;
    fileContainingExtension?: undefined;
    /** The numbers of all extensions of a message, given by its full name. */
    allExtensionNumbersOfType: string;
    listServices?: undefined;
  } | {
    messageRequest: "listServices";
    fileByFilename?: undefined;
    fileContainingSymbol?: undefined;
    fileContainingExtension?: undefined;
    allExtensionNumbersOfType?: undefined;
    /** The names of all services. The value is ignored. */
    listServices: string;
  } | {
    messageRequest?: undefined;
    fileByFilename?: undefined;
    fileContainingSymbol?: undefined;
    fileContainingExtension?: undefined;
    allExtensionNumbersOfType?: undefined;
    listServices?: undefined;
  });

/** Writes the fields of a `grpc.reflection.v1.ServerReflectionRequest` that do not have their default value. */
function writeServerReflectionRequest(
  message: ServerReflectionRequestInit,
  writer: WireWriter,
): void {
  if (message.host !== undefined && message.host !== null && message.host !== "") {
    writer.string(10, message.host);
  }
  if (message.fileByFilename !== undefined && message.fileByFilename !== null) {
    writer.string(26, message.fileByFilename);
  }
  if (message.fileContainingSymbol !== undefined && message.fileContainingSymbol !== null) {
    writer.string(34, message.fileContainingSymbol);
  }
  if (message.fileContainingExtension !== undefined && message.fileContainingExtension !== null) {
    writer.message(42, message.fileContainingExtension, extensionRequestCodec);
  }
  if (
    message.allExtensionNumbersOfType !== undefined && message.allExtensionNumbersOfType !== null
  ) writer.string(50, message.allExtensionNumbersOfType);
  if (message.listServices !== undefined && message.listServices !== null) {
    writer.string(58, message.listServices);
  }
}

interface ServerReflectionRequestDraft {
  host: string;
  fileByFilename?: string | undefined;
  fileContainingSymbol?: string | undefined;
  fileContainingExtension?: ExtensionRequest | undefined;
  allExtensionNumbersOfType?: string | undefined;
  listServices?: string | undefined;
  messageRequest?:
    | "fileByFilename"
    | "fileContainingSymbol"
    | "fileContainingExtension"
    | "allExtensionNumbersOfType"
    | "listServices"
    | undefined;
}

/** Reads the fields of a `grpc.reflection.v1.ServerReflectionRequest`. */
function readServerReflectionRequest(
  reader: WireReader,
  into: ServerReflectionRequest = { host: "" },
): ServerReflectionRequest {
  const message: ServerReflectionRequestDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // host = 1
        message.host = reader.string();
        break;
      case 26: // fileByFilename = 3
        if (message.messageRequest !== undefined && message.messageRequest !== "fileByFilename") {
          delete message[message.messageRequest];
        }
        message.fileByFilename = reader.string();
        message.messageRequest = "fileByFilename";
        break;
      case 34: // fileContainingSymbol = 4
        if (
          message.messageRequest !== undefined && message.messageRequest !== "fileContainingSymbol"
        ) delete message[message.messageRequest];
        message.fileContainingSymbol = reader.string();
        message.messageRequest = "fileContainingSymbol";
        break;
      case 42: // fileContainingExtension = 5
        if (
          message.messageRequest !== undefined &&
          message.messageRequest !== "fileContainingExtension"
        ) delete message[message.messageRequest];
        message.fileContainingExtension = reader.message(
          extensionRequestCodec.read,
          message.fileContainingExtension,
        );
        message.messageRequest = "fileContainingExtension";
        break;
      case 50: // allExtensionNumbersOfType = 6
        if (
          message.messageRequest !== undefined &&
          message.messageRequest !== "allExtensionNumbersOfType"
        ) delete message[message.messageRequest];
        message.allExtensionNumbersOfType = reader.string();
        message.messageRequest = "allExtensionNumbersOfType";
        break;
      case 58: // listServices = 7
        if (message.messageRequest !== undefined && message.messageRequest !== "listServices") {
          delete message[message.messageRequest];
        }
        message.listServices = reader.string();
        message.messageRequest = "listServices";
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const serverReflectionRequestCodec: Codec<
  ServerReflectionRequestInit,
  ServerReflectionRequest
> = codec(
  "grpc.reflection.v1.ServerReflectionRequest",
  {
    1: "host",
    3: "fileByFilename",
    4: "fileContainingSymbol",
    5: "fileContainingExtension",
    6: "allExtensionNumbersOfType",
    7: "listServices",
  },
  writeServerReflectionRequest,
  readServerReflectionRequest,
);

/** A `grpc.reflection.v1.ExtensionRequest` to write: fields may be left out. */
export interface ExtensionRequestInit {
  /** The full name of the extended message. */
  readonly containingType?: string | undefined;
  readonly extensionNumber?: number | undefined;
}

/** A `grpc.reflection.v1.ExtensionRequest` that was read. */
export interface ExtensionRequest {
  /** The full name of the extended message. */
  containingType: string;
  extensionNumber: number;
}

/** Writes the fields of a `grpc.reflection.v1.ExtensionRequest` that do not have their default value. */
function writeExtensionRequest(
  message: ExtensionRequestInit,
  writer: WireWriter,
): void {
  if (
    message.containingType !== undefined && message.containingType !== null &&
    message.containingType !== ""
  ) writer.string(10, message.containingType);
  if (
    message.extensionNumber !== undefined && message.extensionNumber !== null &&
    message.extensionNumber !== 0
  ) writer.int32(16, message.extensionNumber);
}

/** Reads the fields of a `grpc.reflection.v1.ExtensionRequest`. */
function readExtensionRequest(
  reader: WireReader,
  message: ExtensionRequest = { containingType: "", extensionNumber: 0 },
): ExtensionRequest {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // containingType = 1
        message.containingType = reader.string();
        break;
      case 16: // extensionNumber = 2
        message.extensionNumber = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const extensionRequestCodec: Codec<ExtensionRequestInit, ExtensionRequest> = codec(
  "grpc.reflection.v1.ExtensionRequest",
  { 1: "containingType", 2: "extensionNumber" },
  writeExtensionRequest,
  readExtensionRequest,
);

/** A `grpc.reflection.v1.ServerReflectionResponse` to write: fields may be left out. */
export type ServerReflectionResponseInit =
  & {
    readonly validHost?: string | undefined;
    readonly originalRequest?: ServerReflectionRequestInit | null | undefined;
  }
  & ({
    /** Answers file_by_filename, file_containing_symbol and file_containing_extension. */
    readonly fileDescriptorResponse: FileDescriptorResponseInit;
    readonly allExtensionNumbersResponse?: undefined;
    readonly listServicesResponse?: undefined;
    readonly errorResponse?: undefined;
  } | {
    readonly fileDescriptorResponse?: undefined;
    /** Answers all_extension_numbers_of_type. */
    readonly allExtensionNumbersResponse: ExtensionNumberResponseInit;
    readonly listServicesResponse?: undefined;
    readonly errorResponse?: undefined;
  } | {
    readonly fileDescriptorResponse?: undefined;
    readonly allExtensionNumbersResponse?: undefined;
    /** Answers list_services. */
    readonly listServicesResponse: ListServiceResponseInit;
    readonly errorResponse?: undefined;
  } | {
    readonly fileDescriptorResponse?: undefined;
    readonly allExtensionNumbersResponse?: undefined;
    readonly listServicesResponse?: undefined;
    readonly errorResponse: ErrorResponseInit;
  } | {
    readonly fileDescriptorResponse?: undefined;
    readonly allExtensionNumbersResponse?: undefined;
    readonly listServicesResponse?: undefined;
    readonly errorResponse?: undefined;
  });

/** A `grpc.reflection.v1.ServerReflectionResponse` that was read. */
export type ServerReflectionResponse =
  & { validHost: string; originalRequest: ServerReflectionRequest | null }
  & ({
    messageResponse: "fileDescriptorResponse";
    /** Answers file_by_filename, file_containing_symbol and file_containing_extension. */
    fileDescriptorResponse: FileDescriptorResponse;
    allExtensionNumbersResponse?: undefined;
    listServicesResponse?: undefined;
    errorResponse?: undefined;
  } | {
    messageResponse: "allExtensionNumbersResponse";
    fileDescriptorResponse?: undefined;
    /** Answers all_extension_numbers_of_type. */
    allExtensionNumbersResponse: ExtensionNumberResponse;
    listServicesResponse?: undefined;
    errorResponse?: undefined;
  } | {
    messageResponse: "listServicesResponse";
    fileDescriptorResponse?: undefined;
    allExtensionNumbersResponse?: undefined;
    /** Answers list_services. */
    listServicesResponse: ListServiceResponse;
    errorResponse?: undefined;
  } | {
    messageResponse: "errorResponse";
    fileDescriptorResponse?: undefined;
    allExtensionNumbersResponse?: undefined;
    listServicesResponse?: undefined;
    errorResponse: ErrorResponse;
  } | {
    messageResponse?: undefined;
    fileDescriptorResponse?: undefined;
    allExtensionNumbersResponse?: undefined;
    listServicesResponse?: undefined;
    errorResponse?: undefined;
  });

/** Writes the fields of a `grpc.reflection.v1.ServerReflectionResponse` that do not have their default value. */
function writeServerReflectionResponse(
  message: ServerReflectionResponseInit,
  writer: WireWriter,
): void {
  if (message.validHost !== undefined && message.validHost !== null && message.validHost !== "") {
    writer.string(10, message.validHost);
  }
  if (message.originalRequest !== undefined && message.originalRequest !== null) {
    writer.message(18, message.originalRequest, serverReflectionRequestCodec);
  }
  if (message.fileDescriptorResponse !== undefined && message.fileDescriptorResponse !== null) {
    writer.message(34, message.fileDescriptorResponse, fileDescriptorResponseCodec);
  }
  if (
    message.allExtensionNumbersResponse !== undefined &&
    message.allExtensionNumbersResponse !== null
  ) writer.message(42, message.allExtensionNumbersResponse, extensionNumberResponseCodec);
  if (message.listServicesResponse !== undefined && message.listServicesResponse !== null) {
    writer.message(50, message.listServicesResponse, listServiceResponseCodec);
  }
  if (message.errorResponse !== undefined && message.errorResponse !== null) {
    writer.message(58, message.errorResponse, errorResponseCodec);
  }
}

interface ServerReflectionResponseDraft {
  validHost: string;
  originalRequest: ServerReflectionRequest | null;
  fileDescriptorResponse?: FileDescriptorResponse | undefined;
  allExtensionNumbersResponse?: ExtensionNumberResponse | undefined;
  listServicesResponse?: ListServiceResponse | undefined;
  errorResponse?: ErrorResponse | undefined;
  messageResponse?:
    | "fileDescriptorResponse"
    | "allExtensionNumbersResponse"
    | "listServicesResponse"
    | "errorResponse"
    | undefined;
}

/** Reads the fields of a `grpc.reflection.v1.ServerReflectionResponse`. */
function readServerReflectionResponse(
  reader: WireReader,
  into: ServerReflectionResponse = { validHost: "", originalRequest: null },
): ServerReflectionResponse {
  const message: ServerReflectionResponseDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // validHost = 1
        message.validHost = reader.string();
        break;
      case 18: // originalRequest = 2
        message.originalRequest = reader.message(
          serverReflectionRequestCodec.read,
          message.originalRequest,
        );
        break;
      case 34: // fileDescriptorResponse = 4
        if (
          message.messageResponse !== undefined &&
          message.messageResponse !== "fileDescriptorResponse"
        ) delete message[message.messageResponse];
        message.fileDescriptorResponse = reader.message(
          fileDescriptorResponseCodec.read,
          message.fileDescriptorResponse,
        );
        message.messageResponse = "fileDescriptorResponse";
        break;
      case 42: // allExtensionNumbersResponse = 5
        if (
          message.messageResponse !== undefined &&
          message.messageResponse !== "allExtensionNumbersResponse"
        ) delete message[message.messageResponse];
        message.allExtensionNumbersResponse = reader.message(
          extensionNumberResponseCodec.read,
          message.allExtensionNumbersResponse,
        );
        message.messageResponse = "allExtensionNumbersResponse";
        break;
      case 50: // listServicesResponse = 6
        if (
          message.messageResponse !== undefined &&
          message.messageResponse !== "listServicesResponse"
        ) delete message[message.messageResponse];
        message.listServicesResponse = reader.message(
          listServiceResponseCodec.read,
          message.listServicesResponse,
        );
        message.messageResponse = "listServicesResponse";
        break;
      case 58: // errorResponse = 7
        if (message.messageResponse !== undefined && message.messageResponse !== "errorResponse") {
          delete message[message.messageResponse];
        }
        message.errorResponse = reader.message(errorResponseCodec.read, message.errorResponse);
        message.messageResponse = "errorResponse";
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const serverReflectionResponseCodec: Codec<
  ServerReflectionResponseInit,
  ServerReflectionResponse
> = codec(
  "grpc.reflection.v1.ServerReflectionResponse",
  {
    1: "validHost",
    2: "originalRequest",
    4: "fileDescriptorResponse",
    5: "allExtensionNumbersResponse",
    6: "listServicesResponse",
    7: "errorResponse",
  },
  writeServerReflectionResponse,
  readServerReflectionResponse,
);

/** A `grpc.reflection.v1.FileDescriptorResponse` to write: fields may be left out. */
export interface FileDescriptorResponseInit {
  /**
   * Serialized google.protobuf.FileDescriptorProto messages: the file and its imports, except
   * the ones that the stream has carried already.
   */
  readonly fileDescriptorProto?: readonly Uint8Array[] | undefined;
}

/** A `grpc.reflection.v1.FileDescriptorResponse` that was read. */
export interface FileDescriptorResponse {
  /**
   * Serialized google.protobuf.FileDescriptorProto messages: the file and its imports, except
   * the ones that the stream has carried already.
   */
  fileDescriptorProto: Buffer[];
}

/** Writes the fields of a `grpc.reflection.v1.FileDescriptorResponse` that do not have their default value. */
function writeFileDescriptorResponse(
  message: FileDescriptorResponseInit,
  writer: WireWriter,
): void {
  for (const each of writer.list(10, message.fileDescriptorProto)) writer.bytes(10, each);
}

/** Reads the fields of a `grpc.reflection.v1.FileDescriptorResponse`. */
function readFileDescriptorResponse(
  reader: WireReader,
  message: FileDescriptorResponse = { fileDescriptorProto: [] },
): FileDescriptorResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // fileDescriptorProto = 1
        message.fileDescriptorProto.push(reader.bytes());
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const fileDescriptorResponseCodec: Codec<
  FileDescriptorResponseInit,
  FileDescriptorResponse
> = codec(
  "grpc.reflection.v1.FileDescriptorResponse",
  { 1: "fileDescriptorProto" },
  writeFileDescriptorResponse,
  readFileDescriptorResponse,
);

/** A `grpc.reflection.v1.ExtensionNumberResponse` to write: fields may be left out. */
export interface ExtensionNumberResponseInit {
  /** The full name of the extended message. */
  readonly baseTypeName?: string | undefined;
  readonly extensionNumber?: readonly number[] | undefined;
}

/** A `grpc.reflection.v1.ExtensionNumberResponse` that was read. */
export interface ExtensionNumberResponse {
  /** The full name of the extended message. */
  baseTypeName: string;
  extensionNumber: number[];
}

/** Writes the fields of a `grpc.reflection.v1.ExtensionNumberResponse` that do not have their default value. */
function writeExtensionNumberResponse(
  message: ExtensionNumberResponseInit,
  writer: WireWriter,
): void {
  if (
    message.baseTypeName !== undefined && message.baseTypeName !== null &&
    message.baseTypeName !== ""
  ) writer.string(10, message.baseTypeName);
  writer.packedInt32(18, writer.list(18, message.extensionNumber));
}

/** Reads the fields of a `grpc.reflection.v1.ExtensionNumberResponse`. */
function readExtensionNumberResponse(
  reader: WireReader,
  message: ExtensionNumberResponse = { baseTypeName: "", extensionNumber: [] },
): ExtensionNumberResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // baseTypeName = 1
        message.baseTypeName = reader.string();
        break;
      case 16: // extensionNumber = 2
        message.extensionNumber.push(reader.int32());
        break;
      case 18: // extensionNumber = 2
        reader.packed(message.extensionNumber, (each) => each.int32());
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const extensionNumberResponseCodec: Codec<
  ExtensionNumberResponseInit,
  ExtensionNumberResponse
> = codec(
  "grpc.reflection.v1.ExtensionNumberResponse",
  { 1: "baseTypeName", 2: "extensionNumber" },
  writeExtensionNumberResponse,
  readExtensionNumberResponse,
);

/** A `grpc.reflection.v1.ListServiceResponse` to write: fields may be left out. */
export interface ListServiceResponseInit {
  readonly service?: readonly ServiceResponseInit[] | undefined;
}

/** A `grpc.reflection.v1.ListServiceResponse` that was read. */
export interface ListServiceResponse {
  service: ServiceResponse[];
}

/** Writes the fields of a `grpc.reflection.v1.ListServiceResponse` that do not have their default value. */
function writeListServiceResponse(
  message: ListServiceResponseInit,
  writer: WireWriter,
): void {
  for (const each of writer.list(10, message.service)) {
    writer.message(10, each, serviceResponseCodec);
  }
}

/** Reads the fields of a `grpc.reflection.v1.ListServiceResponse`. */
function readListServiceResponse(
  reader: WireReader,
  message: ListServiceResponse = { service: [] },
): ListServiceResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // service = 1
        message.service.push(reader.message(serviceResponseCodec.read));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const listServiceResponseCodec: Codec<ListServiceResponseInit, ListServiceResponse> = codec(
  "grpc.reflection.v1.ListServiceResponse",
  { 1: "service" },
  writeListServiceResponse,
  readListServiceResponse,
);

/** A `grpc.reflection.v1.ServiceResponse` to write: fields may be left out. */
export interface ServiceResponseInit {
  /** The full name of the service. */
  readonly name?: string | undefined;
}

/** A `grpc.reflection.v1.ServiceResponse` that was read. */
export interface ServiceResponse {
  /** The full name of the service. */
  name: string;
}

/** Writes the fields of a `grpc.reflection.v1.ServiceResponse` that do not have their default value. */
function writeServiceResponse(
  message: ServiceResponseInit,
  writer: WireWriter,
): void {
  if (message.name !== undefined && message.name !== null && message.name !== "") {
    writer.string(10, message.name);
  }
}

/** Reads the fields of a `grpc.reflection.v1.ServiceResponse`. */
function readServiceResponse(
  reader: WireReader,
  message: ServiceResponse = { name: "" },
): ServiceResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // name = 1
        message.name = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const serviceResponseCodec: Codec<ServiceResponseInit, ServiceResponse> = codec(
  "grpc.reflection.v1.ServiceResponse",
  { 1: "name" },
  writeServiceResponse,
  readServiceResponse,
);

/** A `grpc.reflection.v1.ErrorResponse` to write: fields may be left out. */
export interface ErrorResponseInit {
  /** A gRPC status code. */
  readonly errorCode?: number | undefined;
  readonly errorMessage?: string | undefined;
}

/** A `grpc.reflection.v1.ErrorResponse` that was read. */
export interface ErrorResponse {
  /** A gRPC status code. */
  errorCode: number;
  errorMessage: string;
}

/** Writes the fields of a `grpc.reflection.v1.ErrorResponse` that do not have their default value. */
function writeErrorResponse(
  message: ErrorResponseInit,
  writer: WireWriter,
): void {
  if (message.errorCode !== undefined && message.errorCode !== null && message.errorCode !== 0) {
    writer.int32(8, message.errorCode);
  }
  if (
    message.errorMessage !== undefined && message.errorMessage !== null &&
    message.errorMessage !== ""
  ) writer.string(18, message.errorMessage);
}

/** Reads the fields of a `grpc.reflection.v1.ErrorResponse`. */
function readErrorResponse(
  reader: WireReader,
  message: ErrorResponse = { errorCode: 0, errorMessage: "" },
): ErrorResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // errorCode = 1
        message.errorCode = reader.int32();
        break;
      case 18: // errorMessage = 2
        message.errorMessage = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const errorResponseCodec: Codec<ErrorResponseInit, ErrorResponse> = codec(
  "grpc.reflection.v1.ErrorResponse",
  { 1: "errorCode", 2: "errorMessage" },
  writeErrorResponse,
  readErrorResponse,
);

/** The service `grpc.reflection.v1.ServerReflection`. */
export const serverReflectionDefinition = {
  /** Answers each request of the stream by one response, in their order. */
  ServerReflectionInfo: method(
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    serverReflectionRequestCodec,
    serverReflectionResponseCodec,
    {
      requestStream: true,
      responseStream: true,
      originalName: "serverReflectionInfo",
      options: { idempotency_level: "IDEMPOTENCY_UNKNOWN" },
    },
  ),
};
