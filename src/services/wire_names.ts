/** The contract's names of key types and algorithms. @module */
import type { AlgorithmName, KeyType } from "../crypto/mod.ts";
import { findAlgorithm } from "../crypto/mod.ts";
import type { KeyType as WireKeyType, SigningAlgorithm } from "../api/mod.ts";

const toWire = {
  "rsa-2048": "KEY_TYPE_RSA_2048",
  "rsa-3072": "KEY_TYPE_RSA_3072",
  "rsa-4096": "KEY_TYPE_RSA_4096",
  "ecdsa-p256": "KEY_TYPE_ECDSA_P256",
  "ecdsa-p384": "KEY_TYPE_ECDSA_P384",
  "ecdsa-p521": "KEY_TYPE_ECDSA_P521",
  "ed25519": "KEY_TYPE_ED25519",
} as const satisfies Record<KeyType, WireKeyType>;

const fromWire = new Map<string | number, KeyType>(
  Object.entries(toWire).map(([keyType, wireName]) => [wireName, keyType as KeyType]),
);

/** The wire's name of a key type: `KEY_TYPE_RSA_3072` for `rsa-3072`. */
export function wireKeyType(keyType: KeyType): WireKeyType {
  return toWire[keyType];
}

/** The key type of a wire name; undefined for an unknown one, which the codec gives as a number. */
export function keyTypeOfWire(wireName: string | number): KeyType | undefined {
  return fromWire.get(wireName);
}

/** The wire's name of an algorithm: the same, as the table takes its names from the contract. */
export function wireAlgorithm(algorithm: AlgorithmName): SigningAlgorithm {
  return algorithm;
}

/** The algorithm of a wire name, or undefined where it names none. */
export function algorithmOfWire(wireName: string | number): AlgorithmName | undefined {
  return findAlgorithm(String(wireName))?.name;
}
