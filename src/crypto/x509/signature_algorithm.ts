/** The AlgorithmIdentifier of a signature in a certificate or a certification request. @module */
import { type AlgorithmName, findAlgorithm } from "../algorithms/mod.ts";
import { type DerValue, Tag } from "../encoding/mod.ts";

/** Object identifiers of hash functions (RFC 5754 section 2). */
const hashes = {
  sha256: "608648016503040201",
  sha384: "608648016503040202",
  sha512: "608648016503040203",
} as const;

const RSASSA_PSS = "2a864886f70d01010a";
const MGF1 = "2a864886f70d010108";

/** Object identifiers of signatures (RFC 4055, RFC 5758, RFC 8410); PSS has parameters besides. */
const identifiers = {
  RSASSA_PSS_SHA_256: RSASSA_PSS,
  RSASSA_PSS_SHA_384: RSASSA_PSS,
  RSASSA_PSS_SHA_512: RSASSA_PSS,
  RSASSA_PKCS1_V1_5_SHA_256: "2a864886f70d01010b",
  RSASSA_PKCS1_V1_5_SHA_384: "2a864886f70d01010c",
  RSASSA_PKCS1_V1_5_SHA_512: "2a864886f70d01010d",
  ECDSA_SHA_256: "2a8648ce3d040302",
  ECDSA_SHA_384: "2a8648ce3d040303",
  ECDSA_SHA_512: "2a8648ce3d040304",
  ED25519: "2b6570",
} as const satisfies Record<AlgorithmName, string>;

/** The AlgorithmIdentifier of signatures by an algorithm. */
export function signatureAlgorithm(name: AlgorithmName): DerValue {
  const identifier = oid(identifiers[name]);
  const { scheme, hash, digestBytes } = findAlgorithm(name)!;
  switch (scheme) {
    case "rsa-pkcs1":
      // RFC 4055 section 5: the parameters are NULL.
      return [Tag.SEQUENCE, identifier, [Tag.NULL]];
    case "rsa-pss": {
      // RFC 4055 section 3.1: hash, mask generation by the same hash, and as many bytes of salt as the hash has.
      const hashed: DerValue = [Tag.SEQUENCE, oid(hashes[hash!]), [Tag.NULL]];
      return [
        Tag.SEQUENCE,
        identifier,
        [
          Tag.SEQUENCE,
          [explicit(0), hashed],
          [explicit(1), [Tag.SEQUENCE, oid(MGF1), hashed]],
          [explicit(2), [Tag.INTEGER, Uint8Array.of(digestBytes!)]],
        ],
      ];
    }
    case "ecdsa":
    case "ed25519":
      return [Tag.SEQUENCE, identifier];
  }
}

/** The tag of an explicitly tagged field, `[number]`. */
export function explicit(number: number): number {
  return 0xa0 | number;
}

/** The tag of an implicitly tagged primitive field, `[number]`. */
export function implicit(number: number): number {
  return 0x80 | number;
}

/** An OBJECT IDENTIFIER from its content in hexadecimal. */
export function oid(hex: string): DerValue {
  return [Tag.OBJECT_IDENTIFIER, Uint8Array.fromHex(hex)];
}
