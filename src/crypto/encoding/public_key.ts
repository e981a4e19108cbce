/** SubjectPublicKeyInfo, the container of public keys (RFC 5280 section 4.1.2.7). @module */
import type { KeyTypeInfo } from "../algorithms/mod.ts";
import { CryptoError } from "../errors.ts";
import { keyAlgorithm, readKeyAlgorithm } from "./algorithm_identifier.ts";
import { DerError, DerReader, encodeDer, Tag } from "./der.ts";
import { codecOf, type Numbers, type PublicParts } from "./families/mod.ts";

/** A public key, decoded. */
export interface DecodedSpki extends PublicParts {
  /** The content of the BIT STRING: the key in the encoding of its family. */
  readonly key: Uint8Array;
}

/**
 * Reads a SubjectPublicKeyInfo. The numbers are views, not copies.
 *
 * @throws {CryptoError} `BAD_KEY` for damaged bytes, `KEY_REFUSED` for keys of other kinds
 */
export function readSpki(spki: Uint8Array): DecodedSpki {
  try {
    const outer = new DerReader(spki);
    const sequence = outer.enter(Tag.SEQUENCE);
    outer.end();
    const { family, info } = readKeyAlgorithm(sequence);
    const key = sequence.readBits();
    sequence.end();
    return { ...codecOf(family).readPublic(key, info), key };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new CryptoError("BAD_KEY", "The public key is damaged or not a SubjectPublicKeyInfo", {
      cause: error,
    });
  }
}

/** Encodes a SubjectPublicKeyInfo. */
export function encodeSpki(info: KeyTypeInfo, numbers: Numbers): Uint8Array {
  const key = codecOf(info.family).publicKey(numbers);
  return encodeDer([
    Tag.SEQUENCE,
    keyAlgorithm(info),
    [Tag.BIT_STRING, new Uint8Array(1), ...key],
  ]);
}
