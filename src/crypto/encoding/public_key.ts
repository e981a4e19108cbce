import type { KeyTypeInfo } from "../algorithms.ts";
import { CryptoError } from "../errors.ts";
import { infoOfModulus, keyAlgorithm, readKeyAlgorithm } from "./algorithm_identifier.ts";
import { DerError, DerReader, type DerValue, encodeDer, Tag, unsignedInteger } from "./der.ts";

/** The numbers of a public key. All are unsigned and big-endian; x and y have the curve's length. */
export type PublicNumbers =
  | { readonly n: Uint8Array; readonly e: Uint8Array }
  | { readonly x: Uint8Array; readonly y: Uint8Array }
  | { readonly x: Uint8Array; readonly y?: undefined };

/** The first byte of an uncompressed point (SEC 1 section 2.3.3). */
const UNCOMPRESSED = 0x04;

/** Bytes of an Ed25519 public key (RFC 8032 section 5.1.5). */
const ED25519_BYTES = 32;

/**
 * Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
 *
 * @throws {CryptoError} `BAD_KEY` for what is none, `KEY_REFUSED` for keys of other kinds
 */
export function readSpki(spki: Uint8Array): { info: KeyTypeInfo; numbers: PublicNumbers } {
  try {
    const outer = new DerReader(spki);
    const sequence = outer.enter(Tag.SEQUENCE);
    outer.end();
    const algorithm = readKeyAlgorithm(sequence);
    const bits = sequence.read(Tag.BIT_STRING);
    sequence.end();
    if (bits[0] !== 0) throw new DerError("The key is not of whole bytes");
    const key = bits.subarray(1);
    if (algorithm.family === "rsa") return readRsa(key);
    const { info } = algorithm;
    return { info, numbers: info.family === "ec" ? readPoint(key, info) : readEd25519(key) };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new CryptoError("BAD_KEY", "The public key is damaged or not a SubjectPublicKeyInfo", {
      cause: error,
    });
  }
}

/** RSAPublicKey of RFC 8017 appendix A.1.1. */
function readRsa(key: Uint8Array) {
  const outer = new DerReader(key);
  const sequence = outer.enter(Tag.SEQUENCE);
  outer.end();
  const n = sequence.readUnsigned();
  const e = sequence.readUnsigned();
  sequence.end();
  return { info: infoOfModulus(n), numbers: { n, e } };
}

function readPoint(key: Uint8Array, { scalarBytes }: KeyTypeInfo): PublicNumbers {
  if (key[0] === 0x02 || key[0] === 0x03) {
    const remedy = "convert it with `openssl ec -pubin -conv_form uncompressed`";
    throw new CryptoError("KEY_REFUSED", `Refused a public key with a compressed point: ${remedy}`);
  }
  if (key[0] !== UNCOMPRESSED || key.length !== 1 + 2 * scalarBytes!) {
    throw new DerError("Not an uncompressed point of the curve");
  }
  return { x: key.subarray(1, 1 + scalarBytes!), y: key.subarray(1 + scalarBytes!) };
}

function readEd25519(key: Uint8Array): PublicNumbers {
  if (key.length !== ED25519_BYTES) throw new DerError("Not 32 bytes");
  return { x: key };
}

/**
 * Writes a SubjectPublicKeyInfo.
 *
 * @param jwkCurve EC: the curve's JWK name
 */
export function encodeSpki(
  family: KeyTypeInfo["family"],
  numbers: PublicNumbers,
  jwkCurve?: string,
): Uint8Array {
  const key: (Uint8Array | DerValue)[] = "n" in numbers
    ? [[Tag.SEQUENCE, unsignedInteger(numbers.n), unsignedInteger(numbers.e)]]
    : numbers.y === undefined
    ? [numbers.x]
    : [new Uint8Array([UNCOMPRESSED]), numbers.x, numbers.y];
  const bits: DerValue = [Tag.BIT_STRING, new Uint8Array(1), ...key];
  return encodeDer([Tag.SEQUENCE, keyAlgorithm(family, jwkCurve), bits]);
}
