/** Keys for tests: generated ones, and those of the numbers in test vectors. @module */
import type { CryptoProvider, PrivateKey } from "../../src/crypto/mod.ts";
import { type KeyType, keyTypeInfo } from "../../src/crypto/algorithms/mod.ts";
import { encodeDer, Tag, unsignedInteger } from "../../src/crypto/encoding/mod.ts";

const base64url = (bytes: Uint8Array) =>
  bytes.toBase64({ alphabet: "base64url", omitPadding: true });

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Returns the JWK of an Ed25519 key pair in hexadecimal. */
export function okpJwk({ secretKey, publicKey }: { secretKey: string; publicKey: string }) {
  const encode = (hex: string) => base64url(Uint8Array.fromHex(hex));
  return { kty: "OKP", crv: "Ed25519", d: encode(secretKey), x: encode(publicKey) };
}

/** Returns the JWK of an EC key pair in hexadecimal, with the names of RFC 6979: x is the private key. */
export function ecJwk({ type, x, Ux, Uy }: { type: KeyType; x: string; Ux: string; Uy: string }) {
  const [d, px, py] = [x, Ux, Uy].map((hex) => base64url(Uint8Array.fromHex(hex)));
  return { kty: "EC", crv: curveOf(type), d, x: px, y: py };
}

function curveOf(type: KeyType): string {
  const info = keyTypeInfo(type);
  if (info.family !== "ec") throw new Error(`${type} has no curve`);
  return info.jwk.crv;
}

/** Returns the PKCS#1 private key of RSA numbers in hexadecimal. The CRT parameters are computed. */
export function pkcs1FromNumbers(
  { n, e, d, p, q }: { n: string; e: string; d: string; p: string; q: string },
): Uint8Array {
  const [P, Q, D] = [p, q, d].map((hex) => BigInt(`0x${hex}`));
  const derived = [D % (P - 1n), D % (Q - 1n), power(Q % P, P - 2n, P)]
    .map((number) => number.toString(16))
    .map((hex) => hex.length % 2 ? `0${hex}` : hex);
  const numbers = [n, e, d, p, q, ...derived].map((hex) => Uint8Array.fromHex(hex));
  return encodeDer([
    Tag.SEQUENCE,
    [Tag.INTEGER, new Uint8Array(1)],
    ...numbers.map(unsignedInteger),
  ]);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let [b, e] = [base, exponent]; e > 0n; e >>= 1n, b = b * b % modulus) {
    if (e & 1n) result = result * b % modulus;
  }
  return result;
}

/** Private keys as PKCS#8, by type. */
export type ExportedKeys = ReadonlyMap<KeyType, Uint8Array>;

/**
 * Generates a key of each type, which any provider can import. libcrypto generates them, as the builtin provider takes
 * seconds for RSA keys.
 */
export async function exportedKeys(
  openssl: CryptoProvider,
  types: readonly KeyType[],
): Promise<ExportedKeys> {
  const keys = new Map<KeyType, Uint8Array>();
  for (const type of types) {
    using key = await openssl.generate(type);
    keys.set(type, key.exportPkcs8());
  }
  return keys;
}

/** Imports the key of a type into a provider. */
export function importKey(
  provider: CryptoProvider,
  keys: ExportedKeys,
  type: KeyType,
): PrivateKey {
  return provider.importPrivateKey(keys.get(type)!.slice());
}
