/**
 * The containers of private keys: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017 appendix A.1.2) and SEC 1
 * (RFC 5915).
 *
 * A key of any container is decoded and checked here, and encoded again as the plainest PKCS#8 for the
 * providers. So both providers read the same bytes, and give the same verdict.
 *
 * @module
 */
import { findKeyType } from "../algorithms/mod.ts";
import { CryptoError } from "../errors.ts";
import { keyAlgorithm, readKeyAlgorithm } from "./algorithm_identifier.ts";
import { DerError, DerReader, type DerValue, encodeDer, Tag } from "./der.ts";
import { codecOf, type PrivateParts, readSec1 } from "./families/mod.ts";

/**
 * Reads a PKCS#8 private key: OneAsymmetricKey, version 1 or 2. Attributes are ignored.
 *
 * @throws {CryptoError} `BAD_KEY` for damaged bytes, `KEY_REFUSED` for keys of other kinds
 */
export function readPkcs8(pkcs8: Uint8Array): PrivateParts {
  return readSequence(pkcs8, "PKCS#8", (sequence) => {
    const version = sequence.readSmall();
    if (version > 1) throw new DerError("Not a version of PKCS#8");
    const { family, info } = readKeyAlgorithm(sequence);
    const key = sequence.read(Tag.OCTET_STRING);
    if (sequence.peek() === Tag.CONTEXT_0) sequence.read(Tag.CONTEXT_0);
    const beside = version === 1 ? readPublicKey(sequence) : [];
    sequence.end();
    const parts = codecOf(family).readPrivate(key, info);
    return { ...parts, publicKeys: [...parts.publicKeys, ...beside] };
  });
}

/** Reads the public key of version 2, if there is one (RFC 5958 section 2). */
function readPublicKey(sequence: DerReader): Uint8Array[] {
  if (sequence.peek() === Tag.PRIMITIVE_1) return [sequence.readBits(Tag.PRIMITIVE_1)];
  if (sequence.peek() !== Tag.CONTEXT_1) return [];
  // The Rust crate ring writes Ed25519 keys with an explicit tag.
  const explicit = sequence.enter(Tag.CONTEXT_1);
  const bits = explicit.readBits();
  explicit.end();
  return [bits];
}

/**
 * Encodes PKCS#8 without attributes: version 1, or version 2 with a public key. The caller zeroes it.
 *
 * @param publicKey the public half in the encoding of its family
 */
export function encodePkcs8(parts: PrivateParts, publicKey?: Uint8Array): Uint8Array {
  const { info } = parts;
  const key = codecOf(info.family).privateKey(parts);
  const version = Uint8Array.of(publicKey === undefined ? 0 : 1);
  return encodeDer([
    Tag.SEQUENCE,
    [Tag.INTEGER, version],
    keyAlgorithm(info),
    [Tag.OCTET_STRING, ...key],
    ...(publicKey === undefined
      ? []
      : [[Tag.PRIMITIVE_1, new Uint8Array(1), publicKey] as DerValue]),
  ]);
}

/** Wraps a PKCS#1 private key as PKCS#8, unchecked: `readPkcs8()` checks type and numbers. */
export function pkcs8FromPkcs1(pkcs1: Uint8Array): Uint8Array {
  return wrap(findKeyType("rsa-2048")!, pkcs1);
}

/**
 * Wraps a SEC 1 private key, which names its curve, as PKCS#8.
 *
 * @throws {CryptoError} as {@linkcode readPkcs8}
 */
export function pkcs8FromSec1(sec1: Uint8Array): Uint8Array {
  const { info, numbers } = readSequence(sec1, "SEC 1", () => readSec1(sec1, undefined));
  numbers.d.fill(0);
  return wrap(info, sec1);
}

function wrap(info: Parameters<typeof keyAlgorithm>[0], key: Uint8Array): Uint8Array {
  return encodeDer([
    Tag.SEQUENCE,
    [Tag.INTEGER, new Uint8Array(1)],
    keyAlgorithm(info),
    [Tag.OCTET_STRING, key],
  ]);
}

/**
 * Reads the SEQUENCE that fills `der`.
 *
 * @throws {CryptoError} `BAD_KEY` for damaged bytes, and for a DerError of `body`
 */
export function readSequence<T>(
  der: Uint8Array,
  name: string,
  body: (sequence: DerReader) => T,
): T {
  try {
    const outer = new DerReader(der);
    const sequence = outer.enter(Tag.SEQUENCE);
    outer.end();
    return body(sequence);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new CryptoError("BAD_KEY", `The private key is truncated, damaged or not ${name}`, {
      cause: error,
    });
  }
}
