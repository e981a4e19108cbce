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

export interface SignRequest {
  "keyId"?: string;
  /**
   * The server's default key of this type.
   */
  "keyType"?: _signer_v1_KeyType;
  /**
   * The key's default algorithm when not given.
   */
  "algorithm"?: _signer_v1_SigningAlgorithm;
  "message"?: Buffer | Uint8Array | string;
  /**
   * The message's digest by the algorithm's hash function, already computed.
   */
  "digest"?: Buffer | Uint8Array | string;
  "signatureFormat"?: _signer_v1_SignatureFormat;
  /**
   * Which key signs. One of the two must be given.
   */
  "key"?: "keyId" | "keyType";
  /**
   * What is signed. One of the two must be given; a message may be empty.
   */
  "input"?: "message" | "digest";
}

export interface SignRequest__Output {
  "keyId"?: string;
  /**
   * The server's default key of this type.
   */
  "keyType"?: _signer_v1_KeyType__Output;
  /**
   * The key's default algorithm when not given.
   */
  "algorithm": _signer_v1_SigningAlgorithm__Output;
  "message"?: Buffer;
  /**
   * The message's digest by the algorithm's hash function, already computed.
   */
  "digest"?: Buffer;
  "signatureFormat": _signer_v1_SignatureFormat__Output;
  /**
   * Which key signs. One of the two must be given.
   */
  "key"?: "keyId" | "keyType";
  /**
   * What is signed. One of the two must be given; a message may be empty.
   */
  "input"?: "message" | "digest";
}
