// Original file: proto/signer/v1/keys.proto

import type {
  KeyType as _signer_v1_KeyType,
  KeyType__Output as _signer_v1_KeyType__Output,
} from "../../signer/v1/KeyType.ts";
import type {
  SigningAlgorithm as _signer_v1_SigningAlgorithm,
  SigningAlgorithm__Output as _signer_v1_SigningAlgorithm__Output,
} from "../../signer/v1/SigningAlgorithm.ts";

/**
 * A key that the server holds. Nothing secret is in it.
 */
export interface KeyInfo {
  /**
   * Chosen by the key's owner, or else the thumbprint.
   */
  "keyId"?: string;
  "keyType"?: _signer_v1_KeyType;
  /**
   * What the server can sign with this key, in its order of preference.
   */
  "algorithms"?: (_signer_v1_SigningAlgorithm)[];
  /**
   * What it signs with when a request names no algorithm.
   */
  "defaultAlgorithm"?: _signer_v1_SigningAlgorithm;
  /**
   * Base64url of the SHA-256 JWK thumbprint (RFC 7638; RFC 8037 section 2 for Ed25519).
   */
  "thumbprint"?: string;
  /**
   * Whether a request that names only this key's type gets this key.
   */
  "isDefault"?: boolean;
}

/**
 * A key that the server holds. Nothing secret is in it.
 */
export interface KeyInfo__Output {
  /**
   * Chosen by the key's owner, or else the thumbprint.
   */
  "keyId": string;
  "keyType": _signer_v1_KeyType__Output;
  /**
   * What the server can sign with this key, in its order of preference.
   */
  "algorithms": (_signer_v1_SigningAlgorithm__Output)[];
  /**
   * What it signs with when a request names no algorithm.
   */
  "defaultAlgorithm": _signer_v1_SigningAlgorithm__Output;
  /**
   * Base64url of the SHA-256 JWK thumbprint (RFC 7638; RFC 8037 section 2 for Ed25519).
   */
  "thumbprint": string;
  /**
   * Whether a request that names only this key's type gets this key.
   */
  "isDefault": boolean;
}
