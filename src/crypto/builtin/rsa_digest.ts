import { constants, type KeyObject, privateEncrypt, publicEncrypt } from "node:crypto";
import type { HashName } from "../algorithms.ts";
import { encodeDer, Tag } from "../encoding/mod.ts";

/**
 * RSASSA-PKCS1-v1_5 over a digest, which node:crypto offers for messages only. Its encryption with the
 * private key pads the same way (EMSA-PKCS1-v1_5, RFC 8017 section 9.2).
 *
 * @module
 */

/** Object identifiers of the hashes: 2.16.840.1.101.3.4.2.1 to .3 (RFC 8017 appendix B.1). */
const hashes: Readonly<Record<HashName, string>> = {
  sha256: "608648016503040201",
  sha384: "608648016503040202",
  sha512: "608648016503040203",
};

/** DigestInfo, the T of RFC 8017 section 9.2. */
function digestInfo(hash: HashName, digest: Uint8Array): Uint8Array<ArrayBuffer> {
  const identifier = Uint8Array.fromHex(hashes[hash]);
  return encodeDer([
    Tag.SEQUENCE,
    [Tag.SEQUENCE, [Tag.OBJECT_IDENTIFIER, identifier], [Tag.NULL]],
    [Tag.OCTET_STRING, digest],
  ]);
}

/** Signs a digest. */
export function signDigest(key: KeyObject, hash: HashName, digest: Uint8Array): Uint8Array {
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(hash, digest));
}

/**
 * Verifies a signature of a digest in the way of RFC 8017 section 8.2.2: by making what it has to hold,
 * and comparing the whole. Taking the padding apart instead is what signatures have been forged with.
 */
export function verifyDigest(
  key: KeyObject,
  hash: HashName,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const opened = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  const info = digestInfo(hash, digest);
  const expected = new Uint8Array(signature.length).fill(0xff);
  expected.set([0x00, 0x01]);
  expected[expected.length - info.length - 1] = 0x00;
  expected.set(info, expected.length - info.length);
  return opened.length === expected.length && opened.every((byte, i) => byte === expected[i]);
}
