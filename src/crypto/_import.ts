/** The import of private keys, in which both providers accept the same keys. @module */
import { CryptoError } from "./errors.ts";
import {
  codecOf,
  DerError,
  DerReader,
  encodePkcs8,
  type PrivateParts,
  readEncryptedPkcs8,
  readPkcs8,
  readSpki,
  Tag,
} from "./encoding/mod.ts";
import type { PrivateKey } from "./provider.ts";
import { provenKey } from "./_signing.ts";

/**
 * Imports a private key: decodes and checks it, passes it to `load` as the plainest PKCS#8, and compares
 * the public half that the provider derives with the public keys in the file. Zeroes `pkcs8` and every
 * copy of it.
 *
 * @param load the provider's own import; it throws `BAD_KEY`
 * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`
 */
export function importPkcs8<K extends PrivateKey>(
  pkcs8: Uint8Array,
  load: (pkcs8: Uint8Array) => K,
): K {
  try {
    const parts = readPkcs8(pkcs8);
    return provenKey(withPublicKey(loadParts(parts, load), parts));
  } finally {
    pkcs8.fill(0);
  }
}

function loadParts<K>(parts: PrivateParts, load: (pkcs8: Uint8Array) => K): K {
  const plain = encodePkcs8(parts);
  for (const number of Object.values(parts.numbers)) number.fill(0);
  try {
    return load(plain);
  } finally {
    plain.fill(0);
  }
}

/** Returns a key whose public half is the one in its file; otherwise disposes of it. */
function withPublicKey<K extends PrivateKey>(key: K, { info, publicKeys }: PrivateParts): K {
  const derived = readSpki(key.publicKey.spki).key;
  const { isSamePublic } = codecOf(info.family);
  if (publicKeys.every((found) => isSamePublic(found, derived))) return key;
  key[Symbol.dispose]();
  throw new CryptoError(
    "BAD_KEY",
    "The private key is damaged: its halves do not belong together",
  );
}

/**
 * Imports an encrypted private key as {@linkcode importPkcs8} does.
 *
 * @param decrypt the provider's decryption; it returns undefined for a wrong passphrase
 * @throws {CryptoError} `BAD_KEY`, `KEY_REFUSED`, `BAD_PASSPHRASE`
 */
export function importEncryptedPkcs8<K extends PrivateKey>(
  der: Uint8Array,
  decrypt: (encryption: ReturnType<typeof readEncryptedPkcs8>) => Uint8Array | undefined,
  load: (pkcs8: Uint8Array) => K,
): K {
  const pkcs8 = decrypt(readEncryptedPkcs8(der));
  // A wrong passphrase leaves the right padding about once in 256 times, and then bytes that are no DER.
  if (pkcs8 === undefined || !startsLikePkcs8(pkcs8)) {
    pkcs8?.fill(0);
    throw new CryptoError("BAD_PASSPHRASE", "The passphrase does not open the private key");
  }
  return importPkcs8(pkcs8, load);
}

function startsLikePkcs8(bytes: Uint8Array): boolean {
  try {
    const outer = new DerReader(bytes);
    const sequence = outer.enter(Tag.SEQUENCE);
    outer.end();
    sequence.readUnsigned();
    return sequence.peek() === Tag.SEQUENCE;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}
