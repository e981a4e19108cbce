// Original file: proto/signer/v1/signing.proto

import type {
  SigningAlgorithm as _signer_v1_SigningAlgorithm,
  SigningAlgorithm__Output as _signer_v1_SigningAlgorithm__Output,
} from "../../signer/v1/SigningAlgorithm.ts";

export interface SignResponse {
  "signature"?: Buffer | Uint8Array | string;
  "keyId"?: string;
  "algorithm"?: _signer_v1_SigningAlgorithm;
}

export interface SignResponse__Output {
  "signature": Buffer;
  "keyId": string;
  "algorithm": _signer_v1_SigningAlgorithm__Output;
}
