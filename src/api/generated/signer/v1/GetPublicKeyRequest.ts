// Original file: proto/signer/v1/signing.proto

import type {
  KeyType as _signer_v1_KeyType,
  KeyType__Output as _signer_v1_KeyType__Output,
} from "../../signer/v1/KeyType.ts";
import type {
  PublicKeyFormat as _signer_v1_PublicKeyFormat,
  PublicKeyFormat__Output as _signer_v1_PublicKeyFormat__Output,
} from "../../signer/v1/PublicKeyFormat.ts";

export interface GetPublicKeyRequest {
  "keyId"?: string;
  "keyType"?: _signer_v1_KeyType;
  "format"?: _signer_v1_PublicKeyFormat;
  "key"?: "keyId" | "keyType";
}

export interface GetPublicKeyRequest__Output {
  "keyId"?: string;
  "keyType"?: _signer_v1_KeyType__Output;
  "format": _signer_v1_PublicKeyFormat__Output;
  "key"?: "keyId" | "keyType";
}
