/** The encoding of Ed25519 keys: RFC 8410, RFC 8037 section 2 (JWK). @module */
import { keyTypesOf } from "../../algorithms/mod.ts";
import { DerError, DerReader, Tag } from "../der.ts";
import type { FamilyCodec } from "./codec.ts";

/** Bytes of a public and of a private key (RFC 8032 section 5.1.5). */
const KEY_BYTES = 32;

const [info] = keyTypesOf("ed25519");

/** The codec of Ed25519 keys. */
export const ed25519Codec: FamilyCodec<"ed25519"> = {
  readParameters(reader) {
    // RFC 8410 section 3: the parameters are absent.
    reader.end();
    return info;
  },

  parameters: () => [],

  readPublic(key) {
    if (key.length !== KEY_BYTES) throw new DerError("Not 32 bytes");
    if (!isBelowPrime(key)) throw new DerError("The coordinate is not below 2^255 - 19");
    return { info, numbers: { x: key } };
  },

  publicKey: ({ x }) => [x],

  isSamePublic(found, expected) {
    return found.length === expected.length && found.every((byte, i) => byte === expected[i]);
  },

  readPrivate(key) {
    const outer = new DerReader(key);
    const d = outer.read(Tag.OCTET_STRING);
    outer.end();
    if (d.length !== KEY_BYTES) throw new DerError("Not 32 bytes");
    return { info, numbers: { d }, publicKeys: [] };
  },

  privateKey: ({ numbers: { d } }) => [[Tag.OCTET_STRING, d]],

  publicMembers: () => ({ x: KEY_BYTES }),

  privateMembers: () => ({ d: KEY_BYTES }),

  fromMembers: ({ d, x }) => ({ info, numbers: { d }, publicKeys: [x] }),
};

/**
 * Checks that the y of an encoded point is below p = 2^255 - 19 (RFC 8032 section 5.1.3). It is
 * little-endian, and shares its last byte with the sign of x.
 */
function isBelowPrime(point: Uint8Array): boolean {
  const high = point.subarray(1, KEY_BYTES - 1).every((byte) => byte === 0xff);
  return !(high && (point[KEY_BYTES - 1] & 0x7f) === 0x7f && point[0] >= 0xed);
}
