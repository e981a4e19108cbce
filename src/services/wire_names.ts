import type { AlgorithmName, KeyType } from "../crypto/mod.ts";
import { findAlgorithm, keyTypes } from "../crypto/mod.ts";
import type { KeyType as WireKeyType, SigningAlgorithm } from "../api/mod.ts";

const toWire = new Map<KeyType, WireKeyType>();
const fromWire = new Map<string, KeyType>();
for (const { name } of keyTypes) {
  const wireName = `KEY_TYPE_${name.toUpperCase().replaceAll("-", "_")}` as WireKeyType;
  toWire.set(name, wireName);
  fromWire.set(wireName, name);
}

/** The wire's name of a key type: `KEY_TYPE_RSA_3072` for `rsa-3072`. */
export function wireKeyType(keyType: KeyType): WireKeyType {
  return toWire.get(keyType)!;
}

/** The key type of a wire name, or undefined where it names none; what is not known comes as a number. */
export function keyTypeOfWire(wireName: string | number): KeyType | undefined {
  return fromWire.get(String(wireName));
}

/** The wire's name of an algorithm: the same, as the table takes its names from the contract. */
export function wireAlgorithm(algorithm: AlgorithmName): SigningAlgorithm {
  return algorithm;
}

/** The algorithm of a wire name, or undefined where it names none. */
export function algorithmOfWire(wireName: string | number): AlgorithmName | undefined {
  return findAlgorithm(String(wireName))?.name;
}
