// Original file: proto/signer/v1/signing.proto

/**
 * How an ECDSA signature is laid out. Other signatures have one layout and ignore it.
 */
export const SignatureFormat = {
  /**
   * DER.
   */
  SIGNATURE_FORMAT_UNSPECIFIED: "SIGNATURE_FORMAT_UNSPECIFIED",
  /**
   * The ASN.1 sequence of RFC 3279 section 2.2.3.
   */
  SIGNATURE_FORMAT_DER: "SIGNATURE_FORMAT_DER",
  /**
   * The integers r and s side by side, each as long as the curve's order (RFC 7518 section 3.4).
   */
  SIGNATURE_FORMAT_P1363: "SIGNATURE_FORMAT_P1363",
} as const;

/**
 * How an ECDSA signature is laid out. Other signatures have one layout and ignore it.
 */
export type SignatureFormat =
  /**
   * DER.
   */
  | "SIGNATURE_FORMAT_UNSPECIFIED"
  | 0
  /**
   * The ASN.1 sequence of RFC 3279 section 2.2.3.
   */
  | "SIGNATURE_FORMAT_DER"
  | 1
  /**
   * The integers r and s side by side, each as long as the curve's order (RFC 7518 section 3.4).
   */
  | "SIGNATURE_FORMAT_P1363"
  | 2;

/**
 * How an ECDSA signature is laid out. Other signatures have one layout and ignore it.
 */
export type SignatureFormat__Output = typeof SignatureFormat[keyof typeof SignatureFormat];
