// Original file: proto/signer/v1/signing.proto

export const PublicKeyFormat = {
  /**
   * PEM.
   */
  PUBLIC_KEY_FORMAT_UNSPECIFIED: "PUBLIC_KEY_FORMAT_UNSPECIFIED",
  /**
   * SubjectPublicKeyInfo in PEM (RFC 7468 section 13).
   */
  PUBLIC_KEY_FORMAT_PEM: "PUBLIC_KEY_FORMAT_PEM",
  /**
   * SubjectPublicKeyInfo in DER (RFC 5280 section 4.1).
   */
  PUBLIC_KEY_FORMAT_DER: "PUBLIC_KEY_FORMAT_DER",
  /**
   * JSON Web Key (RFC 7517).
   */
  PUBLIC_KEY_FORMAT_JWK: "PUBLIC_KEY_FORMAT_JWK",
} as const;

export type PublicKeyFormat =
  /**
   * PEM.
   */
  | "PUBLIC_KEY_FORMAT_UNSPECIFIED"
  | 0
  /**
   * SubjectPublicKeyInfo in PEM (RFC 7468 section 13).
   */
  | "PUBLIC_KEY_FORMAT_PEM"
  | 1
  /**
   * SubjectPublicKeyInfo in DER (RFC 5280 section 4.1).
   */
  | "PUBLIC_KEY_FORMAT_DER"
  | 2
  /**
   * JSON Web Key (RFC 7517).
   */
  | "PUBLIC_KEY_FORMAT_JWK"
  | 3;

export type PublicKeyFormat__Output = typeof PublicKeyFormat[keyof typeof PublicKeyFormat];
