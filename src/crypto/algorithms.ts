/**
 * The one table of key types and signing algorithms. Everything else asks it: nothing outside this
 * file enumerates algorithms or switches on their names.
 *
 * Algorithm names are those of AWS KMS (`SigningAlgorithmSpec`), plus `ED25519`.
 *
 * @module
 */

/** A kind of key, by the name that the command line uses. */
export type KeyType =
  | "rsa-2048"
  | "rsa-3072"
  | "rsa-4096"
  | "ecdsa-p256"
  | "ecdsa-p384"
  | "ecdsa-p521"
  | "ed25519";

/** A signing algorithm, by its wire name. */
export type AlgorithmName =
  | "RSASSA_PSS_SHA_256"
  | "RSASSA_PSS_SHA_384"
  | "RSASSA_PSS_SHA_512"
  | "RSASSA_PKCS1_V1_5_SHA_256"
  | "RSASSA_PKCS1_V1_5_SHA_384"
  | "RSASSA_PKCS1_V1_5_SHA_512"
  | "ECDSA_SHA_256"
  | "ECDSA_SHA_384"
  | "ECDSA_SHA_512"
  | "ED25519";

/** A hash function, by the name that OpenSSL and node:crypto share. */
export type HashName = "sha256" | "sha384" | "sha512";

/** How a digest becomes a signature. */
export type Scheme = "rsa-pss" | "rsa-pkcs1" | "ecdsa" | "ed25519";

/** What is fixed about a key type. */
export interface KeyTypeInfo {
  readonly name: KeyType;
  /** The algorithm family, as libcrypto and node:crypto call it. */
  readonly family: "rsa" | "ec" | "ed25519";
  /** RSA: length of the modulus in bits. */
  readonly modulusBits?: number;
  /** EC: the curve's SECG/ANSI name as libcrypto knows it (`EVP_EC_gen`). */
  readonly curve?: string;
  /** EC and Ed25519: the curve's JWK name (RFC 7518 section 6.2.1.1, RFC 8037 section 2). */
  readonly jwkCurve?: string;
  /** EC: bytes of one of the two integers of a signature, which P1363 puts side by side. */
  readonly scalarBytes?: number;
  /** The algorithm used when a caller names none. */
  readonly defaultAlgorithm: AlgorithmName;
}

/** What is fixed about a signing algorithm. */
export interface AlgorithmInfo {
  readonly name: AlgorithmName;
  readonly scheme: Scheme;
  /** Ed25519 hashes inside the signature (RFC 8032 section 5.1): it has none here. */
  readonly hash?: HashName;
  /** Bytes of a digest handed in instead of a message; undefined where only messages can be signed. */
  readonly digestBytes?: number;
  /** PSS: bytes of salt, equal to the hash's (FIPS 186-5 section 5.4 (g)). */
  readonly saltBytes?: number;
  readonly keyTypes: readonly KeyType[];
}

const rsa: readonly KeyType[] = ["rsa-2048", "rsa-3072", "rsa-4096"];
const ec: readonly KeyType[] = ["ecdsa-p256", "ecdsa-p384", "ecdsa-p521"];

/** Every key type, in the order in which it is listed to people. */
export const keyTypes: readonly KeyTypeInfo[] = [
  { name: "rsa-2048", family: "rsa", modulusBits: 2048, defaultAlgorithm: "RSASSA_PSS_SHA_256" },
  { name: "rsa-3072", family: "rsa", modulusBits: 3072, defaultAlgorithm: "RSASSA_PSS_SHA_256" },
  { name: "rsa-4096", family: "rsa", modulusBits: 4096, defaultAlgorithm: "RSASSA_PSS_SHA_256" },
  {
    name: "ecdsa-p256",
    family: "ec",
    curve: "prime256v1",
    jwkCurve: "P-256",
    scalarBytes: 32,
    defaultAlgorithm: "ECDSA_SHA_256",
  },
  {
    name: "ecdsa-p384",
    family: "ec",
    curve: "secp384r1",
    jwkCurve: "P-384",
    scalarBytes: 48,
    defaultAlgorithm: "ECDSA_SHA_384",
  },
  {
    name: "ecdsa-p521",
    family: "ec",
    curve: "secp521r1",
    jwkCurve: "P-521",
    scalarBytes: 66,
    defaultAlgorithm: "ECDSA_SHA_512",
  },
  { name: "ed25519", family: "ed25519", jwkCurve: "Ed25519", defaultAlgorithm: "ED25519" },
];

/** Every signing algorithm, in the order in which a server offers them. */
export const algorithms: readonly AlgorithmInfo[] = [
  ...hashed("RSASSA_PSS_SHA_", "rsa-pss", rsa),
  ...hashed("RSASSA_PKCS1_V1_5_SHA_", "rsa-pkcs1", rsa),
  ...hashed("ECDSA_SHA_", "ecdsa", ec),
  { name: "ED25519", scheme: "ed25519", keyTypes: ["ed25519"] },
];

/** The SHA-2 family of one scheme: SHA-256, SHA-384 and SHA-512. */
function hashed(
  prefix: "RSASSA_PSS_SHA_" | "RSASSA_PKCS1_V1_5_SHA_" | "ECDSA_SHA_",
  scheme: Scheme,
  keyTypes: readonly KeyType[],
): AlgorithmInfo[] {
  return ([256, 384, 512] as const).map((bits) => ({
    name: `${prefix}${bits}` as const,
    scheme,
    hash: `sha${bits}` as const,
    digestBytes: bits / 8,
    ...(scheme === "rsa-pss" ? { saltBytes: bits / 8 } : {}),
    keyTypes,
  }));
}

const keyTypesByName = new Map(keyTypes.map((info) => [info.name as string, info]));
const algorithmsByName = new Map(algorithms.map((info) => [info.name as string, info]));

/** The table's row for a key type, or undefined when there is none of that name. */
export function findKeyType(name: string): KeyTypeInfo | undefined {
  return keyTypesByName.get(name);
}

/** The table's row for an algorithm, or undefined when there is none of that name. */
export function findAlgorithm(name: string): AlgorithmInfo | undefined {
  return algorithmsByName.get(name);
}

/** The algorithms that fit a key type, in the table's order. */
export function algorithmsFor(keyType: KeyType): AlgorithmInfo[] {
  return algorithms.filter((info) => info.keyTypes.includes(keyType));
}

/**
 * The key type that a person names: in any case, and also as the protocol spells it, so `ecdsa-p256`,
 * `ECDSA_P256` or `KEY_TYPE_ECDSA_P256`. Undefined when there is none of that name.
 */
export function parseKeyType(text: string): KeyType | undefined {
  const name = text.toLowerCase().replaceAll("_", "-").replace(/^key-type-/, "");
  return findKeyType(name)?.name;
}

/** The algorithm that a person names: in any case, and with `-` for `_`. */
export function parseAlgorithm(text: string): AlgorithmName | undefined {
  return findAlgorithm(text.toUpperCase().replaceAll("-", "_"))?.name;
}
