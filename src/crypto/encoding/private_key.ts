import type { KeyType } from "../algorithms.ts";
import { CryptoError } from "../errors.ts";
import {
  infoOfModulus,
  keyAlgorithm,
  readCurve,
  readKeyAlgorithm,
} from "./algorithm_identifier.ts";
import { DerError, DerReader, type DerValue, encodeDer, Tag } from "./der.ts";

/**
 * The containers of private keys: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017 appendix A.1.2) and SEC 1
 * (RFC 5915). They are looked into for the kind of key, and turned into PKCS#8, which alone the
 * providers read.
 *
 * @module
 */

/** The version of PKCS#8 and PKCS#1 that both write for a plain key. */
export const VERSION_0: DerValue = [Tag.INTEGER, new Uint8Array([0])];

/**
 * The type of a PKCS#8 private key.
 *
 * @throws {CryptoError} `BAD_KEY` for what is none, `KEY_REFUSED` for keys of other kinds
 */
export function typeOfPkcs8(pkcs8: Uint8Array): KeyType {
  return read(pkcs8, "PKCS#8", (sequence) => {
    sequence.readUnsigned();
    const algorithm = readKeyAlgorithm(sequence);
    const key = sequence.read(Tag.OCTET_STRING);
    return algorithm.family === "rsa" ? typeOfPkcs1(key) : algorithm.info.name;
  });
}

/** The type of a PKCS#1 private key. @throws as {@linkcode typeOfPkcs8} */
function typeOfPkcs1(pkcs1: Uint8Array): KeyType {
  return read(pkcs1, "PKCS#1", (sequence) => {
    sequence.readUnsigned();
    return infoOfModulus(sequence.readUnsigned()).name;
  });
}

/** Wraps a PKCS#1 private key as PKCS#8. @throws as {@linkcode typeOfPkcs8} */
export function pkcs8FromPkcs1(pkcs1: Uint8Array): Uint8Array {
  typeOfPkcs1(pkcs1);
  return encodePkcs8(keyAlgorithm("rsa"), pkcs1);
}

/** Wraps a SEC 1 private key, which names its curve, as PKCS#8. @throws as {@linkcode typeOfPkcs8} */
export function pkcs8FromSec1(sec1: Uint8Array): Uint8Array {
  const curve = read(sec1, "SEC 1", (sequence) => {
    sequence.readUnsigned();
    sequence.read(Tag.OCTET_STRING);
    return readCurve(sequence.enter(Tag.CONTEXT_0)).jwkCurve;
  });
  return encodePkcs8(keyAlgorithm("ec", curve), sec1);
}

/** PrivateKeyInfo of RFC 5208 section 5, around a key in its own encoding. */
export function encodePkcs8(algorithm: DerValue, ...key: (Uint8Array | DerValue)[]): Uint8Array {
  return encodeDer([Tag.SEQUENCE, VERSION_0, algorithm, [Tag.OCTET_STRING, ...key]]);
}

/** Reads into the SEQUENCE that `der` is, and calls everything that is not DER a damaged key. */
export function read<T>(der: Uint8Array, what: string, body: (sequence: DerReader) => T): T {
  try {
    const outer = new DerReader(der);
    const sequence = outer.enter(Tag.SEQUENCE);
    outer.end();
    return body(sequence);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new CryptoError("BAD_KEY", `The private key is truncated, damaged or not ${what}`, {
      cause: error,
    });
  }
}

/**
 * Ensures that bytes are an EncryptedPrivateKeyInfo (RFC 5958 section 3), so that a failure to decrypt
 * it can be laid on the passphrase.
 *
 * @throws {CryptoError} `BAD_KEY`
 */
export function checkEncryptedPkcs8(der: Uint8Array): void {
  read(der, "encrypted PKCS#8", (sequence) => {
    sequence.read(Tag.SEQUENCE);
    sequence.read(Tag.OCTET_STRING);
    sequence.end();
  });
}
