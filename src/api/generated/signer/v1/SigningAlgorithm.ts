// Original file: proto/signer/v1/keys.proto

/**
 * The names are those of AWS KMS's SigningAlgorithmSpec, plus ED25519.
 */
export const SigningAlgorithm = {
  SIGNING_ALGORITHM_UNSPECIFIED: "SIGNING_ALGORITHM_UNSPECIFIED",
  /**
   * RSASSA-PSS (RFC 8017 section 8.1), MGF1 over the same hash, a salt as long as the hash.
   */
  RSASSA_PSS_SHA_256: "RSASSA_PSS_SHA_256",
  RSASSA_PSS_SHA_384: "RSASSA_PSS_SHA_384",
  RSASSA_PSS_SHA_512: "RSASSA_PSS_SHA_512",
  /**
   * RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
   */
  RSASSA_PKCS1_V1_5_SHA_256: "RSASSA_PKCS1_V1_5_SHA_256",
  RSASSA_PKCS1_V1_5_SHA_384: "RSASSA_PKCS1_V1_5_SHA_384",
  RSASSA_PKCS1_V1_5_SHA_512: "RSASSA_PKCS1_V1_5_SHA_512",
  /**
   * ECDSA (FIPS 186-5 section 6).
   */
  ECDSA_SHA_256: "ECDSA_SHA_256",
  ECDSA_SHA_384: "ECDSA_SHA_384",
  ECDSA_SHA_512: "ECDSA_SHA_512",
  /**
   * Pure Ed25519 (RFC 8032 section 5.1): signs messages, not digests.
   */
  ED25519: "ED25519",
} as const;

/**
 * The names are those of AWS KMS's SigningAlgorithmSpec, plus ED25519.
 */
export type SigningAlgorithm =
  | "SIGNING_ALGORITHM_UNSPECIFIED"
  | 0
  /**
   * RSASSA-PSS (RFC 8017 section 8.1), MGF1 over the same hash, a salt as long as the hash.
   */
  | "RSASSA_PSS_SHA_256"
  | 1
  | "RSASSA_PSS_SHA_384"
  | 2
  | "RSASSA_PSS_SHA_512"
  | 3
  /**
   * RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
   */
  | "RSASSA_PKCS1_V1_5_SHA_256"
  | 4
  | "RSASSA_PKCS1_V1_5_SHA_384"
  | 5
  | "RSASSA_PKCS1_V1_5_SHA_512"
  | 6
  /**
   * ECDSA (FIPS 186-5 section 6).
   */
  | "ECDSA_SHA_256"
  | 7
  | "ECDSA_SHA_384"
  | 8
  | "ECDSA_SHA_512"
  | 9
  /**
   * Pure Ed25519 (RFC 8032 section 5.1): signs messages, not digests.
   */
  | "ED25519"
  | 10;

/**
 * The names are those of AWS KMS's SigningAlgorithmSpec, plus ED25519.
 */
export type SigningAlgorithm__Output = typeof SigningAlgorithm[keyof typeof SigningAlgorithm];
