/** Generated from proto/signer/v1/signing.proto by `deno task proto`. @module */
import {
  type Codec,
  codec,
  EMPTY_BYTES,
  EnumNames,
  type WireReader,
  type WireWriter,
} from "../../../../protobuf/mod.ts";
import {
  type KeyInfo,
  keyInfoCodec,
  type KeyInfoInit,
  type KeyType,
  keyTypeNames,
  type SigningAlgorithm,
  signingAlgorithmNames,
} from "./keys_pb.ts";
import { method } from "../../../../grpc/mod.ts";

/** The layout of an ECDSA signature. Signatures of other algorithms have one layout and ignore it. */
export type SignatureFormat =
  | "SIGNATURE_FORMAT_UNSPECIFIED"
  | "SIGNATURE_FORMAT_DER"
  | "SIGNATURE_FORMAT_P1363";

/** The names and numbers of `signer.v1.SignatureFormat`. */
export const signatureFormatNames = new EnumNames<SignatureFormat>("signer.v1.SignatureFormat", {
  /** DER. */
  SIGNATURE_FORMAT_UNSPECIFIED: 0,
  /** The ASN.1 sequence of RFC 3279 section 2.2.3. */
  SIGNATURE_FORMAT_DER: 1,
  /** The integers r and s side by side, each as long as the curve's order (RFC 7518 section 3.4). */
  SIGNATURE_FORMAT_P1363: 2,
});

export type PublicKeyFormat =
  | "PUBLIC_KEY_FORMAT_UNSPECIFIED"
  | "PUBLIC_KEY_FORMAT_PEM"
  | "PUBLIC_KEY_FORMAT_DER"
  | "PUBLIC_KEY_FORMAT_JWK";

/** The names and numbers of `signer.v1.PublicKeyFormat`. */
export const publicKeyFormatNames = new EnumNames<PublicKeyFormat>("signer.v1.PublicKeyFormat", {
  /** PEM. */
  PUBLIC_KEY_FORMAT_UNSPECIFIED: 0,
  /** SubjectPublicKeyInfo in PEM (RFC 7468 section 13). */
  PUBLIC_KEY_FORMAT_PEM: 1,
  /** SubjectPublicKeyInfo in DER (RFC 5280 section 4.1). */
  PUBLIC_KEY_FORMAT_DER: 2,
  /** JSON Web Key (RFC 7517). */
  PUBLIC_KEY_FORMAT_JWK: 3,
});

/** A `signer.v1.SignRequest` to write: fields may be left out. */
export type SignRequestInit =
  & {
    /** The key's default algorithm when not given. */
    readonly algorithm?: SigningAlgorithm | number | undefined;
    readonly signatureFormat?: SignatureFormat | number | undefined;
  }
  & ({
    readonly keyId: string;
    readonly keyType?: undefined;
  } | {
    readonly keyId?: undefined;
    /** The server's default key of this type. */
    readonly keyType: KeyType | number;
  } | {
    readonly keyId?: undefined;
    readonly keyType?: undefined;
  })
  & ({
    readonly message: Uint8Array;
    readonly digest?: undefined;
  } | {
    readonly message?: undefined;
    /** The message's digest by the algorithm's hash function, already computed. */
    readonly digest: Uint8Array;
  } | {
    readonly message?: undefined;
    readonly digest?: undefined;
  });

/** A `signer.v1.SignRequest` that was read. */
export type SignRequest =
  & {
    /** The key's default algorithm when not given. */
    algorithm: SigningAlgorithm | number;
    signatureFormat: SignatureFormat | number;
  }
  & ({ key: "keyId"; keyId: string; keyType?: undefined } | {
    key: "keyType";
    keyId?: undefined;
    /** The server's default key of this type. */
    keyType: KeyType | number;
  } | { key?: undefined; keyId?: undefined; keyType?: undefined })
  & ({ input: "message"; message: Buffer; digest?: undefined } | {
    input: "digest";
    message?: undefined;
    /** The message's digest by the algorithm's hash function, already computed. */
    digest: Buffer;
  } | { input?: undefined; message?: undefined; digest?: undefined });

/** Writes the fields of a `signer.v1.SignRequest` that do not have their default value. */
function writeSignRequest(
  message: SignRequestInit,
  writer: WireWriter,
): void {
  if (message.keyId !== undefined && message.keyId !== null) writer.string(10, message.keyId);
  if (message.keyType !== undefined && message.keyType !== null) {
    writer.int32(16, writer.number(16, message.keyType, keyTypeNames));
  }
  const algorithm = writer.number(24, message.algorithm ?? 0, signingAlgorithmNames);
  if (algorithm !== 0) writer.int32(24, algorithm);
  if (message.message !== undefined && message.message !== null) writer.bytes(34, message.message);
  if (message.digest !== undefined && message.digest !== null) writer.bytes(42, message.digest);
  const signatureFormat = writer.number(48, message.signatureFormat ?? 0, signatureFormatNames);
  if (signatureFormat !== 0) writer.int32(48, signatureFormat);
}

interface SignRequestDraft {
  keyId?: string | undefined;
  keyType?: KeyType | number | undefined;
  algorithm: SigningAlgorithm | number;
  message?: Buffer | undefined;
  digest?: Buffer | undefined;
  signatureFormat: SignatureFormat | number;
  key?: "keyId" | "keyType" | undefined;
  input?: "message" | "digest" | undefined;
}

/** Reads the fields of a `signer.v1.SignRequest`. */
function readSignRequest(
  reader: WireReader,
  into: SignRequest = {
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    signatureFormat: "SIGNATURE_FORMAT_UNSPECIFIED",
  },
): SignRequest {
  const message: SignRequestDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // keyId = 1
        if (message.key !== undefined && message.key !== "keyId") delete message[message.key];
        message.keyId = reader.string();
        message.key = "keyId";
        break;
      case 16: // keyType = 2
        if (message.key !== undefined && message.key !== "keyType") delete message[message.key];
        message.keyType = keyTypeNames.name(reader.int32());
        message.key = "keyType";
        break;
      case 24: // algorithm = 3
        message.algorithm = signingAlgorithmNames.name(reader.int32());
        break;
      case 34: // message = 4
        if (message.input !== undefined && message.input !== "message") {
          delete message[message.input];
        }
        message.message = reader.bytes();
        message.input = "message";
        break;
      case 42: // digest = 5
        if (message.input !== undefined && message.input !== "digest") {
          delete message[message.input];
        }
        message.digest = reader.bytes();
        message.input = "digest";
        break;
      case 48: // signatureFormat = 6
        message.signatureFormat = signatureFormatNames.name(reader.int32());
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const signRequestCodec: Codec<SignRequestInit, SignRequest> = codec(
  "signer.v1.SignRequest",
  { 1: "keyId", 2: "keyType", 3: "algorithm", 4: "message", 5: "digest", 6: "signatureFormat" },
  writeSignRequest,
  readSignRequest,
);

/** A `signer.v1.SignResponse` to write: fields may be left out. */
export interface SignResponseInit {
  readonly signature?: Uint8Array | undefined;
  readonly keyId?: string | undefined;
  readonly algorithm?: SigningAlgorithm | number | undefined;
  /** The version of the key that made the signature. */
  readonly keyVersion?: number | undefined;
}

/** A `signer.v1.SignResponse` that was read. */
export interface SignResponse {
  signature: Buffer;
  keyId: string;
  algorithm: SigningAlgorithm | number;
  /** The version of the key that made the signature. */
  keyVersion: number;
}

/** Writes the fields of a `signer.v1.SignResponse` that do not have their default value. */
function writeSignResponse(
  message: SignResponseInit,
  writer: WireWriter,
): void {
  if (
    message.signature !== undefined && message.signature !== null && message.signature.length !== 0
  ) writer.bytes(10, message.signature);
  if (message.keyId !== undefined && message.keyId !== null && message.keyId !== "") {
    writer.string(18, message.keyId);
  }
  const algorithm = writer.number(24, message.algorithm ?? 0, signingAlgorithmNames);
  if (algorithm !== 0) writer.int32(24, algorithm);
  if (message.keyVersion !== undefined && message.keyVersion !== null && message.keyVersion !== 0) {
    writer.int32(32, message.keyVersion);
  }
}

/** Reads the fields of a `signer.v1.SignResponse`. */
function readSignResponse(
  reader: WireReader,
  message: SignResponse = {
    signature: EMPTY_BYTES,
    keyId: "",
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    keyVersion: 0,
  },
): SignResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // signature = 1
        message.signature = reader.bytes();
        break;
      case 18: // keyId = 2
        message.keyId = reader.string();
        break;
      case 24: // algorithm = 3
        message.algorithm = signingAlgorithmNames.name(reader.int32());
        break;
      case 32: // keyVersion = 4
        message.keyVersion = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const signResponseCodec: Codec<SignResponseInit, SignResponse> = codec(
  "signer.v1.SignResponse",
  { 1: "signature", 2: "keyId", 3: "algorithm", 4: "keyVersion" },
  writeSignResponse,
  readSignResponse,
);

/** A `signer.v1.SignBatchRequest` to write: fields may be left out. */
export interface SignBatchRequestInit {
  readonly requests?: readonly SignRequestInit[] | undefined;
}

/** A `signer.v1.SignBatchRequest` that was read. */
export interface SignBatchRequest {
  requests: SignRequest[];
}

/** Writes the fields of a `signer.v1.SignBatchRequest` that do not have their default value. */
function writeSignBatchRequest(
  message: SignBatchRequestInit,
  writer: WireWriter,
): void {
  for (const each of writer.list(10, message.requests)) {
    writer.message(10, each, signRequestCodec);
  }
}

/** Reads the fields of a `signer.v1.SignBatchRequest`. */
function readSignBatchRequest(
  reader: WireReader,
  message: SignBatchRequest = { requests: [] },
): SignBatchRequest {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // requests = 1
        message.requests.push(reader.message(signRequestCodec.read));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const signBatchRequestCodec: Codec<SignBatchRequestInit, SignBatchRequest> = codec(
  "signer.v1.SignBatchRequest",
  { 1: "requests" },
  writeSignBatchRequest,
  readSignBatchRequest,
);

/** A `signer.v1.SignBatchResponse` to write: fields may be left out. */
export interface SignBatchResponseInit {
  /** One for each request, in their order. */
  readonly results?: readonly SignResultInit[] | undefined;
}

/** A `signer.v1.SignBatchResponse` that was read. */
export interface SignBatchResponse {
  /** One for each request, in their order. */
  results: SignResult[];
}

/** Writes the fields of a `signer.v1.SignBatchResponse` that do not have their default value. */
function writeSignBatchResponse(
  message: SignBatchResponseInit,
  writer: WireWriter,
): void {
  for (const each of writer.list(10, message.results)) {
    writer.message(10, each, signResultCodec);
  }
}

/** Reads the fields of a `signer.v1.SignBatchResponse`. */
function readSignBatchResponse(
  reader: WireReader,
  message: SignBatchResponse = { results: [] },
): SignBatchResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // results = 1
        message.results.push(reader.message(signResultCodec.read));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const signBatchResponseCodec: Codec<SignBatchResponseInit, SignBatchResponse> = codec(
  "signer.v1.SignBatchResponse",
  { 1: "results" },
  writeSignBatchResponse,
  readSignBatchResponse,
);

/** A `signer.v1.SignResult` to write: fields may be left out. */
export type SignResultInit = {
  readonly response: SignResponseInit;
  readonly error?: undefined;
} | {
  readonly response?: undefined;
  readonly error: SignErrorInit;
} | {
  readonly response?: undefined;
  readonly error?: undefined;
};

/** A `signer.v1.SignResult` that was read. */
export type SignResult = { result: "response"; response: SignResponse; error?: undefined } | {
  result: "error";
  response?: undefined;
  error: SignError;
} | { result?: undefined; response?: undefined; error?: undefined };

/** Writes the fields of a `signer.v1.SignResult` that do not have their default value. */
function writeSignResult(
  message: SignResultInit,
  writer: WireWriter,
): void {
  if (message.response !== undefined && message.response !== null) {
    writer.message(10, message.response, signResponseCodec);
  }
  if (message.error !== undefined && message.error !== null) {
    writer.message(18, message.error, signErrorCodec);
  }
}

interface SignResultDraft {
  response?: SignResponse | undefined;
  error?: SignError | undefined;
  result?: "response" | "error" | undefined;
}

/** Reads the fields of a `signer.v1.SignResult`. */
function readSignResult(
  reader: WireReader,
  into: SignResult = {},
): SignResult {
  const message: SignResultDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // response = 1
        if (message.result !== undefined && message.result !== "response") {
          delete message[message.result];
        }
        message.response = reader.message(signResponseCodec.read, message.response);
        message.result = "response";
        break;
      case 18: // error = 2
        if (message.result !== undefined && message.result !== "error") {
          delete message[message.result];
        }
        message.error = reader.message(signErrorCodec.read, message.error);
        message.result = "error";
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const signResultCodec: Codec<SignResultInit, SignResult> = codec(
  "signer.v1.SignResult",
  { 1: "response", 2: "error" },
  writeSignResult,
  readSignResult,
);

/** A `signer.v1.SignError` to write: fields may be left out. */
export interface SignErrorInit {
  /** The gRPC status code with which Sign would have ended. */
  readonly code?: number | undefined;
  readonly message?: string | undefined;
}

/** The error of one request of a batch or a stream. */
export interface SignError {
  /** The gRPC status code with which Sign would have ended. */
  code: number;
  message: string;
}

/** Writes the fields of a `signer.v1.SignError` that do not have their default value. */
function writeSignError(
  message: SignErrorInit,
  writer: WireWriter,
): void {
  if (message.code !== undefined && message.code !== null && message.code !== 0) {
    writer.int32(8, message.code);
  }
  if (message.message !== undefined && message.message !== null && message.message !== "") {
    writer.string(18, message.message);
  }
}

/** Reads the fields of a `signer.v1.SignError`. */
function readSignError(
  reader: WireReader,
  message: SignError = { code: 0, message: "" },
): SignError {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // code = 1
        message.code = reader.int32();
        break;
      case 18: // message = 2
        message.message = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const signErrorCodec: Codec<SignErrorInit, SignError> = codec(
  "signer.v1.SignError",
  { 1: "code", 2: "message" },
  writeSignError,
  readSignError,
);

/** A `signer.v1.VerifyRequest` to write: fields may be left out. */
export type VerifyRequestInit =
  & {
    readonly algorithm?: SigningAlgorithm | number | undefined;
    readonly signatureFormat?: SignatureFormat | number | undefined;
    readonly signature?: Uint8Array | undefined;
    /** The version of the key. 0 for any: then each version verifies in turn, the newest first. */
    readonly keyVersion?: number | undefined;
  }
  & ({
    readonly keyId: string;
    readonly keyType?: undefined;
  } | {
    readonly keyId?: undefined;
    readonly keyType: KeyType | number;
  } | {
    readonly keyId?: undefined;
    readonly keyType?: undefined;
  })
  & ({
    readonly message: Uint8Array;
    readonly digest?: undefined;
  } | {
    readonly message?: undefined;
    readonly digest: Uint8Array;
  } | {
    readonly message?: undefined;
    readonly digest?: undefined;
  });

/** A `signer.v1.VerifyRequest` that was read. */
export type VerifyRequest =
  & {
    algorithm: SigningAlgorithm | number;
    signatureFormat: SignatureFormat | number;
    signature: Buffer;
    /** The version of the key. 0 for any: then each version verifies in turn, the newest first. */
    keyVersion: number;
  }
  & ({ key: "keyId"; keyId: string; keyType?: undefined } | {
    key: "keyType";
    keyId?: undefined;
    keyType: KeyType | number;
  } | { key?: undefined; keyId?: undefined; keyType?: undefined })
  & ({ input: "message"; message: Buffer; digest?: undefined } | {
    input: "digest";
    message?: undefined;
    digest: Buffer;
  } | { input?: undefined; message?: undefined; digest?: undefined });

/** Writes the fields of a `signer.v1.VerifyRequest` that do not have their default value. */
function writeVerifyRequest(
  message: VerifyRequestInit,
  writer: WireWriter,
): void {
  if (message.keyId !== undefined && message.keyId !== null) writer.string(10, message.keyId);
  if (message.keyType !== undefined && message.keyType !== null) {
    writer.int32(16, writer.number(16, message.keyType, keyTypeNames));
  }
  const algorithm = writer.number(24, message.algorithm ?? 0, signingAlgorithmNames);
  if (algorithm !== 0) writer.int32(24, algorithm);
  if (message.message !== undefined && message.message !== null) writer.bytes(34, message.message);
  if (message.digest !== undefined && message.digest !== null) writer.bytes(42, message.digest);
  const signatureFormat = writer.number(48, message.signatureFormat ?? 0, signatureFormatNames);
  if (signatureFormat !== 0) writer.int32(48, signatureFormat);
  if (
    message.signature !== undefined && message.signature !== null && message.signature.length !== 0
  ) writer.bytes(58, message.signature);
  if (message.keyVersion !== undefined && message.keyVersion !== null && message.keyVersion !== 0) {
    writer.int32(64, message.keyVersion);
  }
}

interface VerifyRequestDraft {
  keyId?: string | undefined;
  keyType?: KeyType | number | undefined;
  algorithm: SigningAlgorithm | number;
  message?: Buffer | undefined;
  digest?: Buffer | undefined;
  signatureFormat: SignatureFormat | number;
  signature: Buffer;
  keyVersion: number;
  key?: "keyId" | "keyType" | undefined;
  input?: "message" | "digest" | undefined;
}

/** Reads the fields of a `signer.v1.VerifyRequest`. */
function readVerifyRequest(
  reader: WireReader,
  into: VerifyRequest = {
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    signatureFormat: "SIGNATURE_FORMAT_UNSPECIFIED",
    signature: EMPTY_BYTES,
    keyVersion: 0,
  },
): VerifyRequest {
  const message: VerifyRequestDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // keyId = 1
        if (message.key !== undefined && message.key !== "keyId") delete message[message.key];
        message.keyId = reader.string();
        message.key = "keyId";
        break;
      case 16: // keyType = 2
        if (message.key !== undefined && message.key !== "keyType") delete message[message.key];
        message.keyType = keyTypeNames.name(reader.int32());
        message.key = "keyType";
        break;
      case 24: // algorithm = 3
        message.algorithm = signingAlgorithmNames.name(reader.int32());
        break;
      case 34: // message = 4
        if (message.input !== undefined && message.input !== "message") {
          delete message[message.input];
        }
        message.message = reader.bytes();
        message.input = "message";
        break;
      case 42: // digest = 5
        if (message.input !== undefined && message.input !== "digest") {
          delete message[message.input];
        }
        message.digest = reader.bytes();
        message.input = "digest";
        break;
      case 48: // signatureFormat = 6
        message.signatureFormat = signatureFormatNames.name(reader.int32());
        break;
      case 58: // signature = 7
        message.signature = reader.bytes();
        break;
      case 64: // keyVersion = 8
        message.keyVersion = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const verifyRequestCodec: Codec<VerifyRequestInit, VerifyRequest> = codec(
  "signer.v1.VerifyRequest",
  {
    1: "keyId",
    2: "keyType",
    3: "algorithm",
    4: "message",
    5: "digest",
    6: "signatureFormat",
    7: "signature",
    8: "keyVersion",
  },
  writeVerifyRequest,
  readVerifyRequest,
);

/** A `signer.v1.VerifyResponse` to write: fields may be left out. */
export interface VerifyResponseInit {
  /** True for a valid signature of the input by this key; false for every other, malformed ones included. */
  readonly valid?: boolean | undefined;
  readonly keyId?: string | undefined;
  readonly algorithm?: SigningAlgorithm | number | undefined;
  /** The version that made the signature; 0 when it is not valid. */
  readonly keyVersion?: number | undefined;
}

/** A `signer.v1.VerifyResponse` that was read. */
export interface VerifyResponse {
  /** True for a valid signature of the input by this key; false for every other, malformed ones included. */
  valid: boolean;
  keyId: string;
  algorithm: SigningAlgorithm | number;
  /** The version that made the signature; 0 when it is not valid. */
  keyVersion: number;
}

/** Writes the fields of a `signer.v1.VerifyResponse` that do not have their default value. */
function writeVerifyResponse(
  message: VerifyResponseInit,
  writer: WireWriter,
): void {
  if (message.valid !== undefined && message.valid !== null && message.valid !== false) {
    writer.bool(8, message.valid);
  }
  if (message.keyId !== undefined && message.keyId !== null && message.keyId !== "") {
    writer.string(18, message.keyId);
  }
  const algorithm = writer.number(24, message.algorithm ?? 0, signingAlgorithmNames);
  if (algorithm !== 0) writer.int32(24, algorithm);
  if (message.keyVersion !== undefined && message.keyVersion !== null && message.keyVersion !== 0) {
    writer.int32(32, message.keyVersion);
  }
}

/** Reads the fields of a `signer.v1.VerifyResponse`. */
function readVerifyResponse(
  reader: WireReader,
  message: VerifyResponse = {
    valid: false,
    keyId: "",
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    keyVersion: 0,
  },
): VerifyResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 8: // valid = 1
        message.valid = reader.bool();
        break;
      case 18: // keyId = 2
        message.keyId = reader.string();
        break;
      case 24: // algorithm = 3
        message.algorithm = signingAlgorithmNames.name(reader.int32());
        break;
      case 32: // keyVersion = 4
        message.keyVersion = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const verifyResponseCodec: Codec<VerifyResponseInit, VerifyResponse> = codec(
  "signer.v1.VerifyResponse",
  { 1: "valid", 2: "keyId", 3: "algorithm", 4: "keyVersion" },
  writeVerifyResponse,
  readVerifyResponse,
);

/** A `signer.v1.ListKeysRequest` to write: fields may be left out. */
export type ListKeysRequestInit = Record<string, never>;

/** A `signer.v1.ListKeysRequest` that was read. */
export type ListKeysRequest = Record<string, never>;

/** Writes the fields of a `signer.v1.ListKeysRequest` that do not have their default value. */
function writeListKeysRequest(
  _message: ListKeysRequestInit,
  _writer: WireWriter,
): void {
}

/** Reads the fields of a `signer.v1.ListKeysRequest`. */
function readListKeysRequest(
  reader: WireReader,
  message: ListKeysRequest = {},
): ListKeysRequest {
  while (reader.more()) reader.skip(reader.tag());
  return message;
}

export const listKeysRequestCodec: Codec<ListKeysRequestInit, ListKeysRequest> = codec(
  "signer.v1.ListKeysRequest",
  {},
  writeListKeysRequest,
  readListKeysRequest,
);

/** A `signer.v1.ListKeysResponse` to write: fields may be left out. */
export interface ListKeysResponseInit {
  readonly keys?: readonly KeyInfoInit[] | undefined;
}

/** A `signer.v1.ListKeysResponse` that was read. */
export interface ListKeysResponse {
  keys: KeyInfo[];
}

/** Writes the fields of a `signer.v1.ListKeysResponse` that do not have their default value. */
function writeListKeysResponse(
  message: ListKeysResponseInit,
  writer: WireWriter,
): void {
  for (const each of writer.list(10, message.keys)) {
    writer.message(10, each, keyInfoCodec);
  }
}

/** Reads the fields of a `signer.v1.ListKeysResponse`. */
function readListKeysResponse(
  reader: WireReader,
  message: ListKeysResponse = { keys: [] },
): ListKeysResponse {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // keys = 1
        message.keys.push(reader.message(keyInfoCodec.read));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const listKeysResponseCodec: Codec<ListKeysResponseInit, ListKeysResponse> = codec(
  "signer.v1.ListKeysResponse",
  { 1: "keys" },
  writeListKeysResponse,
  readListKeysResponse,
);

/** A `signer.v1.GetPublicKeyRequest` to write: fields may be left out. */
export type GetPublicKeyRequestInit =
  & {
    readonly format?: PublicKeyFormat | number | undefined;
    /** The version of the key. 0 for the one that signs now. */
    readonly keyVersion?: number | undefined;
  }
  & ({
    readonly keyId: string;
    readonly keyType?: undefined;
  } | {
    readonly keyId?: undefined;
    readonly keyType: KeyType | number;
  } | {
    readonly keyId?: undefined;
    readonly keyType?: undefined;
  });

/** A `signer.v1.GetPublicKeyRequest` that was read. */
export type GetPublicKeyRequest =
  & {
    format: PublicKeyFormat | number;
    /** The version of the key. 0 for the one that signs now. */
    keyVersion: number;
  }
  & ({ key: "keyId"; keyId: string; keyType?: undefined } | {
    key: "keyType";
    keyId?: undefined;
    keyType: KeyType | number;
  } | { key?: undefined; keyId?: undefined; keyType?: undefined });

/** Writes the fields of a `signer.v1.GetPublicKeyRequest` that do not have their default value. */
function writeGetPublicKeyRequest(
  message: GetPublicKeyRequestInit,
  writer: WireWriter,
): void {
  if (message.keyId !== undefined && message.keyId !== null) writer.string(10, message.keyId);
  if (message.keyType !== undefined && message.keyType !== null) {
    writer.int32(16, writer.number(16, message.keyType, keyTypeNames));
  }
  const format = writer.number(24, message.format ?? 0, publicKeyFormatNames);
  if (format !== 0) writer.int32(24, format);
  if (message.keyVersion !== undefined && message.keyVersion !== null && message.keyVersion !== 0) {
    writer.int32(32, message.keyVersion);
  }
}

interface GetPublicKeyRequestDraft {
  keyId?: string | undefined;
  keyType?: KeyType | number | undefined;
  format: PublicKeyFormat | number;
  keyVersion: number;
  key?: "keyId" | "keyType" | undefined;
}

/** Reads the fields of a `signer.v1.GetPublicKeyRequest`. */
function readGetPublicKeyRequest(
  reader: WireReader,
  into: GetPublicKeyRequest = { format: "PUBLIC_KEY_FORMAT_UNSPECIFIED", keyVersion: 0 },
): GetPublicKeyRequest {
  const message: GetPublicKeyRequestDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // keyId = 1
        if (message.key !== undefined && message.key !== "keyId") delete message[message.key];
        message.keyId = reader.string();
        message.key = "keyId";
        break;
      case 16: // keyType = 2
        if (message.key !== undefined && message.key !== "keyType") delete message[message.key];
        message.keyType = keyTypeNames.name(reader.int32());
        message.key = "keyType";
        break;
      case 24: // format = 3
        message.format = publicKeyFormatNames.name(reader.int32());
        break;
      case 32: // keyVersion = 4
        message.keyVersion = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const getPublicKeyRequestCodec: Codec<GetPublicKeyRequestInit, GetPublicKeyRequest> = codec(
  "signer.v1.GetPublicKeyRequest",
  { 1: "keyId", 2: "keyType", 3: "format", 4: "keyVersion" },
  writeGetPublicKeyRequest,
  readGetPublicKeyRequest,
);

/** A `signer.v1.GetPublicKeyResponse` to write: fields may be left out. */
export type GetPublicKeyResponseInit =
  & {
    readonly key?: KeyInfoInit | null | undefined;
    /** The version that the public key is of. */
    readonly keyVersion?: number | undefined;
  }
  & ({
    readonly pem: string;
    readonly der?: undefined;
    readonly jwk?: undefined;
  } | {
    readonly pem?: undefined;
    readonly der: Uint8Array;
    readonly jwk?: undefined;
  } | {
    readonly pem?: undefined;
    readonly der?: undefined;
    readonly jwk: string;
  } | {
    readonly pem?: undefined;
    readonly der?: undefined;
    readonly jwk?: undefined;
  });

/** A `signer.v1.GetPublicKeyResponse` that was read. */
export type GetPublicKeyResponse =
  & {
    key: KeyInfo | null;
    /** The version that the public key is of. */
    keyVersion: number;
  }
  & (
    | { publicKey: "pem"; pem: string; der?: undefined; jwk?: undefined }
    | { publicKey: "der"; pem?: undefined; der: Buffer; jwk?: undefined }
    | { publicKey: "jwk"; pem?: undefined; der?: undefined; jwk: string }
    | { publicKey?: undefined; pem?: undefined; der?: undefined; jwk?: undefined }
  );

/** Writes the fields of a `signer.v1.GetPublicKeyResponse` that do not have their default value. */
function writeGetPublicKeyResponse(
  message: GetPublicKeyResponseInit,
  writer: WireWriter,
): void {
  if (message.key !== undefined && message.key !== null) {
    writer.message(10, message.key, keyInfoCodec);
  }
  if (message.pem !== undefined && message.pem !== null) writer.string(18, message.pem);
  if (message.der !== undefined && message.der !== null) writer.bytes(26, message.der);
  if (message.jwk !== undefined && message.jwk !== null) writer.string(34, message.jwk);
  if (message.keyVersion !== undefined && message.keyVersion !== null && message.keyVersion !== 0) {
    writer.int32(40, message.keyVersion);
  }
}

interface GetPublicKeyResponseDraft {
  key: KeyInfo | null;
  pem?: string | undefined;
  der?: Buffer | undefined;
  jwk?: string | undefined;
  keyVersion: number;
  publicKey?: "pem" | "der" | "jwk" | undefined;
}

/** Reads the fields of a `signer.v1.GetPublicKeyResponse`. */
function readGetPublicKeyResponse(
  reader: WireReader,
  into: GetPublicKeyResponse = { key: null, keyVersion: 0 },
): GetPublicKeyResponse {
  const message: GetPublicKeyResponseDraft = into;

  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // key = 1
        message.key = reader.message(keyInfoCodec.read, message.key);
        break;
      case 18: // pem = 2
        if (message.publicKey !== undefined && message.publicKey !== "pem") {
          delete message[message.publicKey];
        }
        message.pem = reader.string();
        message.publicKey = "pem";
        break;
      case 26: // der = 3
        if (message.publicKey !== undefined && message.publicKey !== "der") {
          delete message[message.publicKey];
        }
        message.der = reader.bytes();
        message.publicKey = "der";
        break;
      case 34: // jwk = 4
        if (message.publicKey !== undefined && message.publicKey !== "jwk") {
          delete message[message.publicKey];
        }
        message.jwk = reader.string();
        message.publicKey = "jwk";
        break;
      case 40: // keyVersion = 5
        message.keyVersion = reader.int32();
        break;
      default:
        reader.skip(tag);
    }
  }
  return into;
}

export const getPublicKeyResponseCodec: Codec<GetPublicKeyResponseInit, GetPublicKeyResponse> =
  codec(
    "signer.v1.GetPublicKeyResponse",
    { 1: "key", 2: "pem", 3: "der", 4: "jwk", 5: "keyVersion" },
    writeGetPublicKeyResponse,
    readGetPublicKeyResponse,
  );

/**
 * Signs with the keys of the server. Clients may repeat these calls: signing changes nothing on the
 * server, and every signature verifies.
 */
export const signingDefinition = {
  Sign: method(
    "/signer.v1.SigningService/Sign",
    signRequestCodec,
    signResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "sign",
      options: { idempotency_level: "IDEMPOTENT" },
    },
  ),
  /**
   * Signs up to ServerInfo's max_batch_items requests. Each has its own result: the failure of one does
   * not affect the others.
   */
  SignBatch: method(
    "/signer.v1.SigningService/SignBatch",
    signBatchRequestCodec,
    signBatchResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "signBatch",
      options: { idempotency_level: "IDEMPOTENT" },
    },
  ),
  /**
   * Signs each request of the stream. The results are in the order of the requests, one for each. The
   * result of a request that fails is an error, and the stream continues.
   */
  SignStream: method(
    "/signer.v1.SigningService/SignStream",
    signRequestCodec,
    signResultCodec,
    {
      requestStream: true,
      responseStream: true,
      originalName: "signStream",
      options: { idempotency_level: "IDEMPOTENT" },
    },
  ),
  Verify: method(
    "/signer.v1.SigningService/Verify",
    verifyRequestCodec,
    verifyResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "verify",
      options: { idempotency_level: "NO_SIDE_EFFECTS" },
    },
  ),
  ListKeys: method(
    "/signer.v1.SigningService/ListKeys",
    listKeysRequestCodec,
    listKeysResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "listKeys",
      options: { idempotency_level: "NO_SIDE_EFFECTS" },
    },
  ),
  GetPublicKey: method(
    "/signer.v1.SigningService/GetPublicKey",
    getPublicKeyRequestCodec,
    getPublicKeyResponseCodec,
    {
      requestStream: false,
      responseStream: false,
      originalName: "getPublicKey",
      options: { idempotency_level: "NO_SIDE_EFFECTS" },
    },
  ),
};
