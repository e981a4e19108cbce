/**
 * The encoding of the keys of one family: the part of a SubjectPublicKeyInfo, of a PKCS#8 file and of a
 * JWK that differs between families.
 *
 * @module
 */
import type { Family, KeyTypeInfo } from "../../algorithms.ts";
import type { DerReader, DerValue } from "../der.ts";

/**
 * The numbers of a key by their JWK names (RFC 7518 section 6, RFC 8037 section 2): unsigned, big-endian,
 * those of a curve in the curve's length.
 */
export type Numbers = Readonly<Record<string, Uint8Array>>;

/** A public key, decoded. */
export interface PublicParts<F extends Family = Family> {
  readonly info: KeyTypeInfo<F>;
  readonly numbers: Numbers;
}

/** A private key, decoded. */
export interface PrivateParts<F extends Family = Family> {
  readonly info: KeyTypeInfo<F>;
  /** The secret numbers; of an RSA key all. */
  readonly numbers: Numbers;
  /** The public halves that stand beside the secret: each has to be the one of this key. */
  readonly publicKeys: readonly Uint8Array[];
}

/** The names and the lengths of a JWK's members; undefined for a number of any length. */
export type MemberLengths = Readonly<Record<string, number | undefined>>;

/** Reads and writes the keys of one family. What it reads are views, not copies. */
export interface FamilyCodec<F extends Family> {
  /**
   * Reads the parameters of an AlgorithmIdentifier to their end.
   *
   * @returns the key type; undefined where the parameters do not tell it
   * @throws {DerError} for what is none
   * @throws {CryptoError} `KEY_REFUSED` for another curve
   */
  readParameters(reader: DerReader): KeyTypeInfo<F> | undefined;
  /** The parameters of an AlgorithmIdentifier, to be written. */
  parameters(info: KeyTypeInfo<F>): readonly DerValue[];
  /**
   * Reads the public key in the BIT STRING of a SubjectPublicKeyInfo.
   *
   * @param named the key type that the parameters tell
   * @throws {DerError} for a damaged key
   * @throws {CryptoError} `KEY_REFUSED`
   */
  readPublic(key: Uint8Array, named: KeyTypeInfo<F> | undefined): PublicParts<F>;
  /** The content of that BIT STRING, to be written. */
  publicKey(numbers: Numbers): readonly (Uint8Array | DerValue)[];
  /** Whether a public key, in any encoding that a private key may have it in, is the key `expected`. */
  isSamePublic(found: Uint8Array, expected: Uint8Array): boolean;
  /**
   * Reads the private key in the OCTET STRING of a PKCS#8 file, and checks its numbers.
   *
   * @throws {DerError} for a damaged key
   * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
   */
  readPrivate(key: Uint8Array, named: KeyTypeInfo<F> | undefined): PrivateParts<F>;
  /** The content of that OCTET STRING, to be written without the public half. */
  privateKey(parts: PrivateParts<F>): readonly (Uint8Array | DerValue)[];
  /** The members of a public JWK beside `kty` and `crv`. */
  publicMembers(info: KeyTypeInfo<F> | undefined): MemberLengths;
  /** The members that a private JWK has beside these. */
  privateMembers(info: KeyTypeInfo<F> | undefined): MemberLengths;
  /** The key of a private JWK, from its members. Checks them as `readPrivate()` does. */
  fromMembers(members: Numbers, named: KeyTypeInfo<F> | undefined): PrivateParts<F>;
}
