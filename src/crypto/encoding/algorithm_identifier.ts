/**
 * AlgorithmIdentifier, which names the family of a key in SubjectPublicKeyInfo and in PKCS#8 (RFC 5280
 * section 4.1.1.2): an object identifier, and parameters that depend on it.
 *
 * @module
 */
import { families, type Family, type KeyTypeInfo } from "../algorithms/mod.ts";
import { familyNames, refuseKind } from "./_refusals.ts";
import { type DerReader, type DerValue, Tag } from "./der.ts";
import { codecOf } from "./families/mod.ts";

/** The family of a key, and its type if the parameters name it: those of an RSA key do not. */
interface KeyAlgorithm {
  readonly family: Family;
  readonly info: KeyTypeInfo | undefined;
}

const familiesByOid = new Map<string, Family>(
  Object.entries(families).map(([family, { oid }]) => [oid, family as Family]),
);

/**
 * Reads the AlgorithmIdentifier that comes next.
 *
 * @throws {DerError} for damaged bytes
 * @throws {CryptoError} `KEY_REFUSED` for a family or a curve that is not in the table
 */
export function readKeyAlgorithm(reader: DerReader): KeyAlgorithm {
  const sequence = reader.enter(Tag.SEQUENCE);
  const oid = sequence.read(Tag.OBJECT_IDENTIFIER).toHex();
  const family = familiesByOid.get(oid);
  if (family === undefined) throw refuseKind(familyNames[oid] ?? "an unknown kind");
  return { family, info: codecOf(family).readParameters(sequence) };
}

/** Encodes the AlgorithmIdentifier of a key type. */
export function keyAlgorithm(info: KeyTypeInfo): DerValue {
  const { oid } = families[info.family];
  return [
    Tag.SEQUENCE,
    [Tag.OBJECT_IDENTIFIER, Uint8Array.fromHex(oid)],
    ...codecOf(info.family).parameters(info),
  ];
}
