// Original file: proto/signer/v1/signing.proto

import type {
  SigningAlgorithm as _signer_v1_SigningAlgorithm,
  SigningAlgorithm__Output as _signer_v1_SigningAlgorithm__Output,
} from "../../signer/v1/SigningAlgorithm.ts";

export interface VerifyResponse {
  /**
   * False for every signature that is not one of the input by this key, however malformed.
   */
  "valid"?: boolean;
  "keyId"?: string;
  "algorithm"?: _signer_v1_SigningAlgorithm;
}

export interface VerifyResponse__Output {
  /**
   * False for every signature that is not one of the input by this key, however malformed.
   */
  "valid": boolean;
  "keyId": string;
  "algorithm": _signer_v1_SigningAlgorithm__Output;
}
