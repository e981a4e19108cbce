// Original file: proto/signer/v1/signing.proto

import type {
  KeyInfo as _signer_v1_KeyInfo,
  KeyInfo__Output as _signer_v1_KeyInfo__Output,
} from "../../signer/v1/KeyInfo.ts";

export interface GetPublicKeyResponse {
  "key"?: _signer_v1_KeyInfo | null;
  "pem"?: string;
  "der"?: Buffer | Uint8Array | string;
  "jwk"?: string;
  "publicKey"?: "pem" | "der" | "jwk";
}

export interface GetPublicKeyResponse__Output {
  "key": _signer_v1_KeyInfo__Output | null;
  "pem"?: string;
  "der"?: Buffer;
  "jwk"?: string;
  "publicKey"?: "pem" | "der" | "jwk";
}
