/**
 * RSASSA-PKCS1-v1_5 over a digest. node:crypto signs only messages, but its encryption with the private
 * key has the same padding (EMSA-PKCS1-v1_5, RFC 8017 section 9.2).
 *
 * @module
 */
import type { KeyObject } from "node:crypto";
import { nodeCrypto } from "../../node/mod.ts";
import type { HashName } from "../algorithms/mod.ts";
import { encodeDer, Tag } from "../encoding/mod.ts";

/** Object identifiers of the hashes: 2.16.840.1.101.3.4.2.1 to .3 (RFC 8017 appendix B.1). */
const hashes: Readonly<Record<HashName, string>> = {
  sha256: "608648016503040201",
  sha384: "608648016503040202",
  sha512: "608648016503040203",
};

/** Encodes the DigestInfo of RFC 8017 section 9.2. */
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
  const { constants, privateEncrypt } = nodeCrypto();
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, digestInfo(hash, digest));
}

/**
 * Verifies a signature of a digest by RFC 8017 section 8.2.2: encodes the expected message and compares
 * it whole. Verifiers that parsed the padding instead accepted forged signatures (CVE-2006-4339).
 */
export function verifyDigest(
  key: KeyObject,
  hash: HashName,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { constants, publicEncrypt } = nodeCrypto();
  const opened = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  const info = digestInfo(hash, digest);
  const expected = new Uint8Array(signature.length).fill(0xff);
  expected.set([0x00, 0x01]);
  expected[expected.length - info.length - 1] = 0x00;
  expected.set(info, expected.length - info.length);
  return opened.length === expected.length && opened.every((byte, i) => byte === expected[i]);
}
