/** node:crypto's names and abilities for each family and each scheme of the table. @module */
import { nodeCrypto } from "../../node/mod.ts";
import {
  type AlgorithmInfo,
  type AlgorithmName,
  algorithmsFor,
  type Family,
  type KeyType,
  type KeyTypeInfo,
  keyTypeInfo,
  type Scheme,
} from "../algorithms/mod.ts";

/** The first two arguments of `generateKeyPair()`. */
export type Generation = readonly [type: "rsa" | "ec" | "ed25519", options: object | undefined];

const generations: { readonly [F in Family]: (info: KeyTypeInfo<F>) => Generation } = {
  rsa: ({ modulusBits }) => ["rsa", { modulusLength: modulusBits }],
  ec: ({ jwk: { crv } }) => ["ec", { namedCurve: crv }],
  ed25519: () => ["ed25519", undefined],
};

/** The arguments of `generateKeyPair()` for a key type. */
export function generationOf(type: KeyType): Generation {
  const info = keyTypeInfo(type);
  return (generations[info.family] as (info: KeyTypeInfo) => Generation)(info);
}

interface SchemeRow {
  /** Set where a digest can be signed: node:crypto signs messages, and can only pad PKCS #1 v1.5. */
  readonly takesDigest: boolean;
  /** The options of `sign()` and `verify()`. */
  options(info: AlgorithmInfo): object;
}

/** node:crypto's row for each scheme. */
export const schemeRows: Readonly<Record<Scheme, SchemeRow>> = {
  "ed25519": { takesDigest: false, options: () => ({}) },
  "ecdsa": { takesDigest: false, options: () => ({}) },
  "rsa-pss": {
    takesDigest: false,
    // FIPS 186-5 section 5.4 (g): the salt is as long as the hash.
    options: ({ digestBytes }) => {
      return { padding: nodeCrypto().constants.RSA_PKCS1_PSS_PADDING, saltLength: digestBytes };
    },
  },
  "rsa-pkcs1": {
    takesDigest: true,
    options: () => ({ padding: nodeCrypto().constants.RSA_PKCS1_PADDING }),
  },
};

/**
 * The algorithms that Deno's node:crypto lacks: the ECDSA of the crates behind it refuses a digest that is
 * shorter than half the curve's order, which SHA-256 is for P-521.
 */
const lacking: Partial<Record<KeyType, AlgorithmName>> = { "ecdsa-p521": "ECDSA_SHA_256" };

/** The algorithms that node:crypto has for a key type, in the table's order. */
export function offeredFor(type: KeyType): AlgorithmInfo[] {
  return algorithmsFor(type).filter(({ name }) => name !== lacking[type]);
}
