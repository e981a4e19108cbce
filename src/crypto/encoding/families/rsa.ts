/** The encoding of RSA keys: RFC 8017 appendix A.1 (PKCS #1), RFC 7518 section 6.3 (JWK). @module */
import { type KeyTypeInfo, keyTypesOf } from "../../algorithms/mod.ts";
import { CryptoError } from "../../errors.ts";
import { refuseKind } from "../_refusals.ts";
import { DerError, DerReader, type DerValue, encodeDer, Tag, unsignedInteger } from "../der.ts";
import type { FamilyCodec, Numbers, PrivateParts } from "./codec.ts";
import { areRsaNumbersConsistent } from "./rsa_numbers.ts";

/** The numbers of a private key in the order of PKCS#1 (RFC 8017 appendix A.1.2). */
const privateNumbers = ["n", "e", "d", "p", "q", "dp", "dq", "qi"] as const;

/**
 * The longest public exponent, in bytes. Nearly all keys have 65537; libraries take at most 31 to 64
 * bits, because the time to verify grows with the length.
 */
const MAX_EXPONENT_BYTES = 4;

/** The codec of RSA keys. */
export const rsaCodec: FamilyCodec<"rsa"> = {
  readParameters(reader) {
    // RFC 8017 appendix A.1: the parameters are NULL; some writers leave them out.
    if (!reader.ended) reader.read(Tag.NULL);
    reader.end();
    return undefined;
  },

  parameters: () => [[Tag.NULL]],

  readPublic(key) {
    const fields = sequenceIn(key);
    const [n, e] = [fields.readUnsigned(), fields.readUnsigned()];
    fields.end();
    return { info: keyTypeOf(n, e), numbers: { n, e } };
  },

  publicKey: ({ n, e }) => [[Tag.SEQUENCE, unsignedInteger(n), unsignedInteger(e)]],

  isSamePublic(found, expected) {
    return found.length === expected.length && found.every((byte, i) => byte === expected[i]);
  },

  readPrivate(key) {
    const fields = sequenceIn(key);
    const version = fields.readUnsigned();
    if (version.length !== 1 || version[0] > 1) throw new DerError("Not a version of PKCS#1");
    if (version[0] === 1) throw multiPrime();
    const numbers = Object.fromEntries(privateNumbers.map((name) => [name, fields.readUnsigned()]));
    fields.end();
    return checked(numbers);
  },

  privateKey({ numbers }): DerValue[] {
    const integers = privateNumbers.map((name) => unsignedInteger(numbers[name]));
    return [[Tag.SEQUENCE, [Tag.INTEGER, new Uint8Array(1)], ...integers]];
  },

  publicMembers: () => ({ n: undefined, e: undefined }),

  privateMembers: () => {
    const [, , ...secret] = privateNumbers;
    return Object.fromEntries(secret.map((name) => [name, undefined]));
  },

  fromMembers: (members) => checked(members),
};

function sequenceIn(key: Uint8Array): DerReader {
  const outer = new DerReader(key);
  const sequence = outer.enter(Tag.SEQUENCE);
  outer.end();
  return sequence;
}

function checked(numbers: Numbers): PrivateParts<"rsa"> {
  const info = keyTypeOf(numbers.n, numbers.e);
  if (!areRsaNumbersConsistent(numbers)) {
    throw new CryptoError(
      "BAD_KEY",
      "The RSA key is damaged: its numbers do not belong together (RFC 8017 section 3.2)",
    );
  }
  return { info, numbers, publicKeys: [encodeDer(rsaCodec.publicKey(numbers)[0] as DerValue)] };
}

/** Makes the error for a key with more than two primes (RFC 8017 section 3.2). */
export function multiPrime(): CryptoError {
  const remedy = "make a key with two, such as by `signer keygen --type rsa-3072`";
  return new CryptoError("KEY_REFUSED", `Refused an RSA key with more than two primes: ${remedy}`);
}

/**
 * Finds the key type of a modulus, and checks the public exponent. Both have no leading zeros.
 *
 * @throws {CryptoError} `KEY_REFUSED`
 */
function keyTypeOf(n: Uint8Array, e: Uint8Array): KeyTypeInfo<"rsa"> {
  const bits = n.length * 8 - (Math.clz32(n[0]) - 24);
  const info = keyTypesOf("rsa").find(({ modulusBits }) => modulusBits === bits);
  if (info === undefined) {
    throw refuseKind(bits < 2048 ? `RSA of ${bits} bits, too few` : `RSA of ${bits} bits`);
  }
  if (e.length > MAX_EXPONENT_BYTES) {
    throw refuseKind(`RSA with a public exponent of more than ${8 * MAX_EXPONENT_BYTES} bits`);
  }
  // RFC 8017 section 3.1: e is odd and at least 3.
  if ((e[e.length - 1] & 1) === 0 || (e.length === 1 && e[0] < 3)) {
    throw new CryptoError("BAD_KEY", "The RSA key is damaged: its public exponent is even or 1");
  }
  return info;
}
