/**
 * The codec of one family: the part of a SubjectPublicKeyInfo, of a PKCS#8 file and of a JWK that differs
 * between families.
 *
 * @module
 */
import type { Family, KeyTypeInfo } from "../../algorithms/mod.ts";
import type { DerReader, DerValue } from "../der.ts";

/**
 * The numbers of a key by their JWK names (RFC 7518 section 6, RFC 8037 section 2): unsigned, big-endian;
 * coordinates and secrets of a curve have the curve's length.
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
  /** The secret numbers; for an RSA key all numbers. */
  readonly numbers: Numbers;
  /** The public keys that the file holds beside the secret: each must be the public half of this key. */
  readonly publicKeys: readonly Uint8Array[];
}

/** The names and the lengths of a JWK's members; undefined for a number of any length. */
export type MemberLengths = Readonly<Record<string, number | undefined>>;

/** Decodes and encodes the keys of one family. Decoded numbers are views of the input where possible. */
export interface FamilyCodec<F extends Family> {
  /**
   * Reads the parameters of an AlgorithmIdentifier to their end.
   *
   * @returns the key type; undefined if the parameters do not name it
   * @throws {DerError} for damaged bytes
   * @throws {CryptoError} `KEY_REFUSED` for another curve
   */
  readParameters(reader: DerReader): KeyTypeInfo<F> | undefined;
  /** Encodes the parameters of an AlgorithmIdentifier. */
  parameters(info: KeyTypeInfo<F>): readonly DerValue[];
  /**
   * Reads the public key in the BIT STRING of a SubjectPublicKeyInfo.
   *
   * @param named the key type that the parameters name
   * @throws {DerError} for a damaged key
   * @throws {CryptoError} `KEY_REFUSED`
   */
  readPublic(key: Uint8Array, named: KeyTypeInfo<F> | undefined): PublicParts<F>;
  /** Encodes the content of that BIT STRING. */
  publicKey(numbers: Numbers): readonly (Uint8Array | DerValue)[];
  /** Compares a public key of a private key file, perhaps compressed, with an encoded public key. */
  isSamePublic(found: Uint8Array, expected: Uint8Array): boolean;
  /**
   * Reads the private key in the OCTET STRING of a PKCS#8 file, and checks its numbers.
   *
   * @throws {DerError} for a damaged key
   * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
   */
  readPrivate(key: Uint8Array, named: KeyTypeInfo<F> | undefined): PrivateParts<F>;
  /** Encodes the content of that OCTET STRING, without the public half. */
  privateKey(parts: PrivateParts<F>): readonly (Uint8Array | DerValue)[];
  /** The members of a public JWK that hold numbers. */
  publicMembers(info: KeyTypeInfo<F> | undefined): MemberLengths;
  /** The further members of a private JWK. */
  privateMembers(info: KeyTypeInfo<F> | undefined): MemberLengths;
  /** Makes the key of a private JWK from its members, and checks them as `readPrivate()` does. */
  fromMembers(members: Numbers, named: KeyTypeInfo<F> | undefined): PrivateParts<F>;
}
