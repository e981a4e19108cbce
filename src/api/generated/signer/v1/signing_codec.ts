/** Generated from proto/signer/v1/signing.proto by `deno task proto`. @module */
import type { GetPublicKeyRequest, GetPublicKeyRequest__Output } from "./GetPublicKeyRequest.ts";
import type { GetPublicKeyResponse, GetPublicKeyResponse__Output } from "./GetPublicKeyResponse.ts";
import type { ListKeysRequest, ListKeysRequest__Output } from "./ListKeysRequest.ts";
import type { ListKeysResponse, ListKeysResponse__Output } from "./ListKeysResponse.ts";
import type { PublicKeyFormat__Output } from "./PublicKeyFormat.ts";
import type { SignBatchRequest, SignBatchRequest__Output } from "./SignBatchRequest.ts";
import type { SignBatchResponse, SignBatchResponse__Output } from "./SignBatchResponse.ts";
import type { SignError, SignError__Output } from "./SignError.ts";
import type { SignRequest, SignRequest__Output } from "./SignRequest.ts";
import type { SignResponse, SignResponse__Output } from "./SignResponse.ts";
import type { SignResult, SignResult__Output } from "./SignResult.ts";
import type { SignatureFormat__Output } from "./SignatureFormat.ts";
import type { SigningServiceDefinition } from "./SigningService.ts";
import type { VerifyRequest, VerifyRequest__Output } from "./VerifyRequest.ts";
import type { VerifyResponse, VerifyResponse__Output } from "./VerifyResponse.ts";
import {
  type Codec,
  codec,
  EMPTY_BYTES,
  EnumNames,
  listed,
  type WireReader,
  type WireWriter,
} from "../../../../protobuf/mod.ts";
import { keyTypeNames, readKeyInfo, signingAlgorithmNames, writeKeyInfo } from "./keys_codec.ts";
import { method } from "../../../../grpc/mod.ts";

export const signatureFormatNames = new EnumNames<SignatureFormat__Output>(
  "signer.v1.SignatureFormat",
  {
    SIGNATURE_FORMAT_UNSPECIFIED: 0,
    SIGNATURE_FORMAT_DER: 1,
    SIGNATURE_FORMAT_P1363: 2,
  },
);

export const publicKeyFormatNames = new EnumNames<PublicKeyFormat__Output>(
  "signer.v1.PublicKeyFormat",
  {
    PUBLIC_KEY_FORMAT_UNSPECIFIED: 0,
    PUBLIC_KEY_FORMAT_PEM: 1,
    PUBLIC_KEY_FORMAT_DER: 2,
    PUBLIC_KEY_FORMAT_JWK: 3,
  },
);

/** Writes the fields of a `signer.v1.SignRequest`, but those that have their default value. */
export function writeSignRequest(
  message: SignRequest,
  writer: WireWriter,
): void {
  if (message.keyId !== undefined && message.keyId !== null) writer.string(10, message.keyId);
  if (message.keyType !== undefined && message.keyType !== null) {
    writer.int32(16, keyTypeNames.number(message.keyType));
  }
  const algorithm = signingAlgorithmNames.number(message.algorithm ?? 0);
  if (algorithm !== 0) writer.int32(24, algorithm);
  if (message.message !== undefined && message.message !== null) writer.bytes(34, message.message);
  if (message.digest !== undefined && message.digest !== null) writer.bytes(42, message.digest);
  const signatureFormat = signatureFormatNames.number(message.signatureFormat ?? 0);
  if (signatureFormat !== 0) writer.int32(48, signatureFormat);
}

/** Reads the fields of a `signer.v1.SignRequest`. */
export function readSignRequest(
  reader: WireReader,
  message: SignRequest__Output = {
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    signatureFormat: "SIGNATURE_FORMAT_UNSPECIFIED",
  },
): SignRequest__Output {
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
  return message;
}

export const signRequestCodec: Codec<SignRequest, SignRequest__Output> = codec(
  "signer.v1.SignRequest",
  writeSignRequest,
  readSignRequest,
);

/** Writes the fields of a `signer.v1.SignResponse`, but those that have their default value. */
export function writeSignResponse(
  message: SignResponse,
  writer: WireWriter,
): void {
  if (
    message.signature !== undefined && message.signature !== null && message.signature.length !== 0
  ) writer.bytes(10, message.signature);
  if (message.keyId !== undefined && message.keyId !== null && message.keyId !== "") {
    writer.string(18, message.keyId);
  }
  const algorithm = signingAlgorithmNames.number(message.algorithm ?? 0);
  if (algorithm !== 0) writer.int32(24, algorithm);
}

/** Reads the fields of a `signer.v1.SignResponse`. */
export function readSignResponse(
  reader: WireReader,
  message: SignResponse__Output = {
    signature: EMPTY_BYTES,
    keyId: "",
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
  },
): SignResponse__Output {
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
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const signResponseCodec: Codec<SignResponse, SignResponse__Output> = codec(
  "signer.v1.SignResponse",
  writeSignResponse,
  readSignResponse,
);

/** Writes the fields of a `signer.v1.SignBatchRequest`, but those that have their default value. */
export function writeSignBatchRequest(
  message: SignBatchRequest,
  writer: WireWriter,
): void {
  for (const each of listed(message.requests)) {
    writer.message(10, each, writeSignRequest);
  }
}

/** Reads the fields of a `signer.v1.SignBatchRequest`. */
export function readSignBatchRequest(
  reader: WireReader,
  message: SignBatchRequest__Output = { requests: [] },
): SignBatchRequest__Output {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // requests = 1
        message.requests.push(reader.message(readSignRequest));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const signBatchRequestCodec: Codec<SignBatchRequest, SignBatchRequest__Output> = codec(
  "signer.v1.SignBatchRequest",
  writeSignBatchRequest,
  readSignBatchRequest,
);

/** Writes the fields of a `signer.v1.SignBatchResponse`, but those that have their default value. */
export function writeSignBatchResponse(
  message: SignBatchResponse,
  writer: WireWriter,
): void {
  for (const each of listed(message.results)) {
    writer.message(10, each, writeSignResult);
  }
}

/** Reads the fields of a `signer.v1.SignBatchResponse`. */
export function readSignBatchResponse(
  reader: WireReader,
  message: SignBatchResponse__Output = { results: [] },
): SignBatchResponse__Output {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // results = 1
        message.results.push(reader.message(readSignResult));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const signBatchResponseCodec: Codec<SignBatchResponse, SignBatchResponse__Output> = codec(
  "signer.v1.SignBatchResponse",
  writeSignBatchResponse,
  readSignBatchResponse,
);

/** Writes the fields of a `signer.v1.SignResult`, but those that have their default value. */
export function writeSignResult(
  message: SignResult,
  writer: WireWriter,
): void {
  if (message.response !== undefined && message.response !== null) {
    writer.message(10, message.response, writeSignResponse);
  }
  if (message.error !== undefined && message.error !== null) {
    writer.message(18, message.error, writeSignError);
  }
}

/** Reads the fields of a `signer.v1.SignResult`. */
export function readSignResult(
  reader: WireReader,
  message: SignResult__Output = {},
): SignResult__Output {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // response = 1
        if (message.result !== undefined && message.result !== "response") {
          delete message[message.result];
        }
        message.response = reader.message(readSignResponse, message.response);
        message.result = "response";
        break;
      case 18: // error = 2
        if (message.result !== undefined && message.result !== "error") {
          delete message[message.result];
        }
        message.error = reader.message(readSignError, message.error);
        message.result = "error";
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const signResultCodec: Codec<SignResult, SignResult__Output> = codec(
  "signer.v1.SignResult",
  writeSignResult,
  readSignResult,
);

/** Writes the fields of a `signer.v1.SignError`, but those that have their default value. */
export function writeSignError(
  message: SignError,
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
export function readSignError(
  reader: WireReader,
  message: SignError__Output = { code: 0, message: "" },
): SignError__Output {
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

export const signErrorCodec: Codec<SignError, SignError__Output> = codec(
  "signer.v1.SignError",
  writeSignError,
  readSignError,
);

/** Writes the fields of a `signer.v1.VerifyRequest`, but those that have their default value. */
export function writeVerifyRequest(
  message: VerifyRequest,
  writer: WireWriter,
): void {
  if (message.keyId !== undefined && message.keyId !== null) writer.string(10, message.keyId);
  if (message.keyType !== undefined && message.keyType !== null) {
    writer.int32(16, keyTypeNames.number(message.keyType));
  }
  const algorithm = signingAlgorithmNames.number(message.algorithm ?? 0);
  if (algorithm !== 0) writer.int32(24, algorithm);
  if (message.message !== undefined && message.message !== null) writer.bytes(34, message.message);
  if (message.digest !== undefined && message.digest !== null) writer.bytes(42, message.digest);
  const signatureFormat = signatureFormatNames.number(message.signatureFormat ?? 0);
  if (signatureFormat !== 0) writer.int32(48, signatureFormat);
  if (
    message.signature !== undefined && message.signature !== null && message.signature.length !== 0
  ) writer.bytes(58, message.signature);
}

/** Reads the fields of a `signer.v1.VerifyRequest`. */
export function readVerifyRequest(
  reader: WireReader,
  message: VerifyRequest__Output = {
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
    signatureFormat: "SIGNATURE_FORMAT_UNSPECIFIED",
    signature: EMPTY_BYTES,
  },
): VerifyRequest__Output {
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
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const verifyRequestCodec: Codec<VerifyRequest, VerifyRequest__Output> = codec(
  "signer.v1.VerifyRequest",
  writeVerifyRequest,
  readVerifyRequest,
);

/** Writes the fields of a `signer.v1.VerifyResponse`, but those that have their default value. */
export function writeVerifyResponse(
  message: VerifyResponse,
  writer: WireWriter,
): void {
  if (message.valid !== undefined && message.valid !== null && message.valid !== false) {
    writer.bool(8, message.valid);
  }
  if (message.keyId !== undefined && message.keyId !== null && message.keyId !== "") {
    writer.string(18, message.keyId);
  }
  const algorithm = signingAlgorithmNames.number(message.algorithm ?? 0);
  if (algorithm !== 0) writer.int32(24, algorithm);
}

/** Reads the fields of a `signer.v1.VerifyResponse`. */
export function readVerifyResponse(
  reader: WireReader,
  message: VerifyResponse__Output = {
    valid: false,
    keyId: "",
    algorithm: "SIGNING_ALGORITHM_UNSPECIFIED",
  },
): VerifyResponse__Output {
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
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const verifyResponseCodec: Codec<VerifyResponse, VerifyResponse__Output> = codec(
  "signer.v1.VerifyResponse",
  writeVerifyResponse,
  readVerifyResponse,
);

/** Writes the fields of a `signer.v1.ListKeysRequest`, but those that have their default value. */
export function writeListKeysRequest(
  _message: ListKeysRequest,
  _writer: WireWriter,
): void {
}

/** Reads the fields of a `signer.v1.ListKeysRequest`. */
export function readListKeysRequest(
  reader: WireReader,
  message: ListKeysRequest__Output = {},
): ListKeysRequest__Output {
  while (reader.more()) reader.skip(reader.tag());
  return message;
}

export const listKeysRequestCodec: Codec<ListKeysRequest, ListKeysRequest__Output> = codec(
  "signer.v1.ListKeysRequest",
  writeListKeysRequest,
  readListKeysRequest,
);

/** Writes the fields of a `signer.v1.ListKeysResponse`, but those that have their default value. */
export function writeListKeysResponse(
  message: ListKeysResponse,
  writer: WireWriter,
): void {
  for (const each of listed(message.keys)) {
    writer.message(10, each, writeKeyInfo);
  }
}

/** Reads the fields of a `signer.v1.ListKeysResponse`. */
export function readListKeysResponse(
  reader: WireReader,
  message: ListKeysResponse__Output = { keys: [] },
): ListKeysResponse__Output {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // keys = 1
        message.keys.push(reader.message(readKeyInfo));
        break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const listKeysResponseCodec: Codec<ListKeysResponse, ListKeysResponse__Output> = codec(
  "signer.v1.ListKeysResponse",
  writeListKeysResponse,
  readListKeysResponse,
);

/** Writes the fields of a `signer.v1.GetPublicKeyRequest`, but those that have their default value. */
export function writeGetPublicKeyRequest(
  message: GetPublicKeyRequest,
  writer: WireWriter,
): void {
  if (message.keyId !== undefined && message.keyId !== null) writer.string(10, message.keyId);
  if (message.keyType !== undefined && message.keyType !== null) {
    writer.int32(16, keyTypeNames.number(message.keyType));
  }
  const format = publicKeyFormatNames.number(message.format ?? 0);
  if (format !== 0) writer.int32(24, format);
}

/** Reads the fields of a `signer.v1.GetPublicKeyRequest`. */
export function readGetPublicKeyRequest(
  reader: WireReader,
  message: GetPublicKeyRequest__Output = { format: "PUBLIC_KEY_FORMAT_UNSPECIFIED" },
): GetPublicKeyRequest__Output {
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
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const getPublicKeyRequestCodec: Codec<GetPublicKeyRequest, GetPublicKeyRequest__Output> =
  codec("signer.v1.GetPublicKeyRequest", writeGetPublicKeyRequest, readGetPublicKeyRequest);

/** Writes the fields of a `signer.v1.GetPublicKeyResponse`, but those that have their default value. */
export function writeGetPublicKeyResponse(
  message: GetPublicKeyResponse,
  writer: WireWriter,
): void {
  if (message.key !== undefined && message.key !== null) {
    writer.message(10, message.key, writeKeyInfo);
  }
  if (message.pem !== undefined && message.pem !== null) writer.string(18, message.pem);
  if (message.der !== undefined && message.der !== null) writer.bytes(26, message.der);
  if (message.jwk !== undefined && message.jwk !== null) writer.string(34, message.jwk);
}

/** Reads the fields of a `signer.v1.GetPublicKeyResponse`. */
export function readGetPublicKeyResponse(
  reader: WireReader,
  message: GetPublicKeyResponse__Output = { key: null },
): GetPublicKeyResponse__Output {
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10: // key = 1
        message.key = reader.message(readKeyInfo, message.key);
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
      default:
        reader.skip(tag);
    }
  }
  return message;
}

export const getPublicKeyResponseCodec: Codec<GetPublicKeyResponse, GetPublicKeyResponse__Output> =
  codec("signer.v1.GetPublicKeyResponse", writeGetPublicKeyResponse, readGetPublicKeyResponse);

export const signingService: SigningServiceDefinition = {
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
