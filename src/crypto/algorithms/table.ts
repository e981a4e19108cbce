/**
 * The table of key families, key types, schemes and signing algorithms. Nothing outside this file lists
 * them: other code asks the table, or has a record with an entry for each `Family`, `KeyType` or
 * `Scheme`, so that the compiler names every place where a new row is missing.
 *
 * Algorithm names are those of AWS KMS (`SigningAlgorithmSpec`), plus `ED25519`.
 *
 * @module
 */

/** A family of keys: keys of one family have one encoding, and sign by the same schemes. */
export type Family = keyof typeof families;

/** A type of key, by the name that the command line uses. */
export type KeyType = keyof typeof keyTypeRows;

/** A way in which a digest or a message becomes a signature. */
export type Scheme = keyof typeof schemes;

/** A signing algorithm, by its wire name. */
export type AlgorithmName = keyof typeof algorithmRows;

/** A hash function, by the name that OpenSSL and node:crypto share. */
export type HashName = keyof typeof hashes;

/** The properties of a family. */
interface FamilyInfo {
  /** The object identifier in a key's AlgorithmIdentifier: the content of its DER, in hexadecimal. */
  readonly oid: string;
  /** The JWK key type (RFC 7517 section 4.1). */
  readonly kty: string;
}

/** Every family. */
export const families = {
  // rsaEncryption, RFC 8017 appendix A.1; RFC 7518 section 6.3
  rsa: { oid: "2a864886f70d010101", kty: "RSA" },
  // id-ecPublicKey, RFC 5480 section 2.1.1; RFC 7518 section 6.2
  ec: { oid: "2a8648ce3d0201", kty: "EC" },
  // id-Ed25519, RFC 8410 section 3; RFC 8037 section 2
  ed25519: { oid: "2b6570", kty: "OKP" },
} as const satisfies Record<string, FamilyInfo>;

/** The properties that the key types of each family have beside the common ones. */
interface FamilyTraits {
  rsa: {
    /** Length of the modulus. */
    readonly modulusBits: number;
  };
  ec: {
    /** The curve's name (RFC 7518 section 6.2.1.1), which libcrypto and node:crypto know too. */
    readonly jwk: { readonly crv: string };
    /** The curve's object identifier (RFC 5480 section 2.1.1.1), in hexadecimal. */
    readonly curveOid: string;
    /** Bytes of a coordinate, and of one of the two integers of a signature. */
    readonly scalarBytes: number;
    /** The order of the curve's base point (SP 800-186 section 3.2.1), in hexadecimal. */
    readonly order: string;
  };
  ed25519: Record<never, never>;
}

interface KeyTypeCommon {
  /** The algorithm used when a caller names none. */
  readonly defaultAlgorithm: AlgorithmName;
  /** Bytes of a signature; of an ECDSA signature in the P1363 layout. */
  readonly signatureBytes: number;
  /** The members of a JWK that name the type beside `kty`. */
  readonly jwk: Readonly<Record<string, string>>;
  /** The values of a JWK's `alg` that fit the key (RFC 7518 section 3.1, RFC 8037, RFC 9864). */
  readonly jwkAlgorithms: readonly string[];
}

type KeyTypeRow = {
  [F in Family]: { readonly family: F } & FamilyTraits[F] & KeyTypeCommon;
}[Family];

/** The properties of a key type, of the given family or of any. */
export type KeyTypeInfo<F extends Family = Family> =
  & Extract<KeyTypeRow, { readonly family: F }>
  & { readonly name: KeyType };

const rsaJwkAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

/** Every key type, in the order in which it is listed to people. */
const keyTypeRows = {
  "rsa-2048": {
    family: "rsa",
    modulusBits: 2048,
    jwk: {},
    signatureBytes: 256,
    defaultAlgorithm: "RSASSA_PSS_SHA_256",
    jwkAlgorithms: rsaJwkAlgorithms,
  },
  "rsa-3072": {
    family: "rsa",
    modulusBits: 3072,
    jwk: {},
    signatureBytes: 384,
    defaultAlgorithm: "RSASSA_PSS_SHA_256",
    jwkAlgorithms: rsaJwkAlgorithms,
  },
  "rsa-4096": {
    family: "rsa",
    modulusBits: 4096,
    jwk: {},
    signatureBytes: 512,
    defaultAlgorithm: "RSASSA_PSS_SHA_256",
    jwkAlgorithms: rsaJwkAlgorithms,
  },
  "ecdsa-p256": {
    family: "ec",
    jwk: { crv: "P-256" },
    curveOid: "2a8648ce3d030107",
    scalarBytes: 32,
    order: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    signatureBytes: 64,
    defaultAlgorithm: "ECDSA_SHA_256",
    jwkAlgorithms: ["ES256"],
  },
  "ecdsa-p384": {
    family: "ec",
    jwk: { crv: "P-384" },
    curveOid: "2b81040022",
    scalarBytes: 48,
    order: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf" +
      "581a0db248b0a77aecec196accc52973",
    signatureBytes: 96,
    defaultAlgorithm: "ECDSA_SHA_384",
    jwkAlgorithms: ["ES384"],
  },
  "ecdsa-p521": {
    family: "ec",
    jwk: { crv: "P-521" },
    curveOid: "2b81040023",
    scalarBytes: 66,
    order: "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa" +
      "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    signatureBytes: 132,
    defaultAlgorithm: "ECDSA_SHA_512",
    jwkAlgorithms: ["ES512"],
  },
  "ed25519": {
    family: "ed25519",
    jwk: { crv: "Ed25519" },
    signatureBytes: 64,
    defaultAlgorithm: "ED25519",
    jwkAlgorithms: ["EdDSA", "Ed25519"],
  },
} as const satisfies Record<string, KeyTypeRow>;

/** The properties of a scheme. */
interface SchemeInfo {
  readonly family: Family;
  /** The layout of a signature: one string of bytes, or two integers in DER or in P1363. */
  readonly layout: "bytes" | "integers";
  /** The part that the wire names of the scheme's algorithms begin with. */
  readonly prefix: string;
}

/**
 * Every scheme, in the order in which a client prefers them: fast and short signatures first, RSA last,
 * and PSS before PKCS #1 v1.5.
 */
export const schemes = {
  // RFC 8032 section 5.1
  "ed25519": { family: "ed25519", layout: "bytes", prefix: "ED25519" },
  // FIPS 186-5 section 6
  "ecdsa": { family: "ec", layout: "integers", prefix: "ECDSA" },
  // RFC 8017 section 8.1
  "rsa-pss": { family: "rsa", layout: "bytes", prefix: "RSASSA_PSS" },
  // RFC 8017 section 8.2
  "rsa-pkcs1": { family: "rsa", layout: "bytes", prefix: "RSASSA_PKCS1_V1_5" },
} as const satisfies Record<string, SchemeInfo>;

/** The schemes in the order in which a client prefers them, by the prefixes of their wire names. */
export const clientPreference: readonly string[] = Object.values(schemes).map(({ prefix }) =>
  prefix
);

/** Bytes of the digest of each hash function (FIPS 180-4). */
const hashes = { sha256: 32, sha384: 48, sha512: 64 } as const;

/** Every signing algorithm, in the order in which a server offers them. */
const algorithmRows = {
  RSASSA_PSS_SHA_256: { scheme: "rsa-pss", hash: "sha256" },
  RSASSA_PSS_SHA_384: { scheme: "rsa-pss", hash: "sha384" },
  RSASSA_PSS_SHA_512: { scheme: "rsa-pss", hash: "sha512" },
  RSASSA_PKCS1_V1_5_SHA_256: { scheme: "rsa-pkcs1", hash: "sha256" },
  RSASSA_PKCS1_V1_5_SHA_384: { scheme: "rsa-pkcs1", hash: "sha384" },
  RSASSA_PKCS1_V1_5_SHA_512: { scheme: "rsa-pkcs1", hash: "sha512" },
  ECDSA_SHA_256: { scheme: "ecdsa", hash: "sha256" },
  ECDSA_SHA_384: { scheme: "ecdsa", hash: "sha384" },
  ECDSA_SHA_512: { scheme: "ecdsa", hash: "sha512" },
  // Hashes inside the signature (RFC 8032 section 5.1).
  ED25519: { scheme: "ed25519", hash: undefined },
} as const satisfies Record<
  string,
  { readonly scheme: Scheme; readonly hash: HashName | undefined }
>;

/** The properties of a signing algorithm. */
export interface AlgorithmInfo {
  readonly name: AlgorithmName;
  readonly scheme: Scheme;
  /** The hash function of the message; undefined where the scheme signs the message itself. */
  readonly hash: HashName | undefined;
  /** Bytes of a digest handed in instead of a message; undefined where only messages can be signed. */
  readonly digestBytes: number | undefined;
  readonly keyTypes: readonly KeyType[];
}

/** Every key type, in the order in which it is listed to people. */
export const keyTypes: readonly KeyTypeInfo[] = Object.entries(keyTypeRows).map(([name, row]) => {
  return { name: name as KeyType, ...row };
});

/** Every signing algorithm, in the order in which a server offers them. */
export const algorithms: readonly AlgorithmInfo[] = Object.entries(algorithmRows)
  .map(([name, { scheme, hash }]) => {
    const { family } = schemes[scheme];
    return {
      name: name as AlgorithmName,
      scheme,
      hash,
      digestBytes: hash && hashes[hash],
      keyTypes: keyTypes.filter((type) => type.family === family).map(({ name }) => name),
    };
  });
