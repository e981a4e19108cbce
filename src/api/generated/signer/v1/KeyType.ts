// Original file: proto/signer/v1/keys.proto

export const KeyType = {
  KEY_TYPE_UNSPECIFIED: "KEY_TYPE_UNSPECIFIED",
  KEY_TYPE_RSA_2048: "KEY_TYPE_RSA_2048",
  KEY_TYPE_RSA_3072: "KEY_TYPE_RSA_3072",
  KEY_TYPE_RSA_4096: "KEY_TYPE_RSA_4096",
  KEY_TYPE_ECDSA_P256: "KEY_TYPE_ECDSA_P256",
  KEY_TYPE_ECDSA_P384: "KEY_TYPE_ECDSA_P384",
  KEY_TYPE_ECDSA_P521: "KEY_TYPE_ECDSA_P521",
  KEY_TYPE_ED25519: "KEY_TYPE_ED25519",
} as const;

export type KeyType =
  | "KEY_TYPE_UNSPECIFIED"
  | 0
  | "KEY_TYPE_RSA_2048"
  | 1
  | "KEY_TYPE_RSA_3072"
  | 2
  | "KEY_TYPE_RSA_4096"
  | 3
  | "KEY_TYPE_ECDSA_P256"
  | 4
  | "KEY_TYPE_ECDSA_P384"
  | 5
  | "KEY_TYPE_ECDSA_P521"
  | 6
  | "KEY_TYPE_ED25519"
  | 7;

export type KeyType__Output = typeof KeyType[keyof typeof KeyType];
