/** Rows of the table of algorithms, found by name. @module */
import {
  type AlgorithmInfo,
  type AlgorithmName,
  algorithms,
  type Family,
  type KeyType,
  type KeyTypeInfo,
  keyTypes,
} from "./table.ts";

const keyTypesByName = new Map(keyTypes.map((info) => [info.name as string, info]));
const algorithmsByName = new Map(algorithms.map((info) => [info.name as string, info]));

/** The properties of a key type. */
export function keyTypeInfo(type: KeyType): KeyTypeInfo {
  return keyTypesByName.get(type)!;
}

/** The key types of one family. */
export function keyTypesOf<F extends Family>(family: F): KeyTypeInfo<F>[] {
  return keyTypes.filter((info): info is KeyTypeInfo<F> => info.family === family);
}

/** The properties of the key type of that name, or undefined when there is none. */
export function findKeyType(name: string): KeyTypeInfo | undefined {
  return keyTypesByName.get(name);
}

/** The properties of the algorithm of that name, or undefined when there is none. */
export function findAlgorithm(name: string): AlgorithmInfo | undefined {
  return algorithmsByName.get(name);
}

/** The algorithms that fit a key type, in the table's order. */
export function algorithmsFor(keyType: KeyType): AlgorithmInfo[] {
  return algorithms.filter((info) => info.keyTypes.includes(keyType));
}

/**
 * The key type that a person names: in any case, and also as the protocol spells it, so `ecdsa-p256`,
 * `ECDSA_P256` or `KEY_TYPE_ECDSA_P256`. Undefined when there is none of that name.
 */
export function parseKeyType(text: string): KeyType | undefined {
  const name = text.toLowerCase().replaceAll("_", "-").replace(/^key-type-/, "");
  return findKeyType(name)?.name;
}

/** The algorithm that a person names: in any case, and with `-` for `_`. */
export function parseAlgorithm(text: string): AlgorithmName | undefined {
  return findAlgorithm(text.toUpperCase().replaceAll("-", "_"))?.name;
}
