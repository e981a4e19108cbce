// Original file: proto/signer/v1/signing.proto

import type {
  KeyType as _signer_v1_KeyType,
  KeyType__Output as _signer_v1_KeyType__Output,
} from "../../signer/v1/KeyType.ts";
import type {
  SigningAlgorithm as _signer_v1_SigningAlgorithm,
  SigningAlgorithm__Output as _signer_v1_SigningAlgorithm__Output,
} from "../../signer/v1/SigningAlgorithm.ts";
import type {
  SignatureFormat as _signer_v1_SignatureFormat,
  SignatureFormat__Output as _signer_v1_SignatureFormat__Output,
} from "../../signer/v1/SignatureFormat.ts";

export interface VerifyRequest {
  "keyId"?: string;
  "keyType"?: _signer_v1_KeyType;
  "algorithm"?: _signer_v1_SigningAlgorithm;
  "message"?: Buffer | Uint8Array | string;
  "digest"?: Buffer | Uint8Array | string;
  "signatureFormat"?: _signer_v1_SignatureFormat;
  "signature"?: Buffer | Uint8Array | string;
  "key"?: "keyId" | "keyType";
  "input"?: "message" | "digest";
}

export interface VerifyRequest__Output {
  "keyId"?: string;
  "keyType"?: _signer_v1_KeyType__Output;
  "algorithm": _signer_v1_SigningAlgorithm__Output;
  "message"?: Buffer;
  "digest"?: Buffer;
  "signatureFormat": _signer_v1_SignatureFormat__Output;
  "signature": Buffer;
  "key"?: "keyId" | "keyType";
  "input"?: "message" | "digest";
}
