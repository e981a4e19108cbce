/** Options with a key type or an algorithm as their value, in any case and spelling. @module */
import { Option } from "commander";
import { badValue, type Kind } from "../config/mod.ts";
import {
  type AlgorithmName,
  algorithms,
  clientPreference,
  type KeyType,
  keyTypes,
  parseAlgorithm,
  parseKeyType,
} from "../crypto/algorithms/mod.ts";

const keyTypeNames = keyTypes.map(({ name }) => name);
const algorithmNames = algorithms.map(({ name }) => name);

/** A type of keys. */
export const keyType: Kind<KeyType> = {
  argument: "<type>",
  parse: readKeyType,
  format: (type) => type,
  choices: keyTypeNames,
  schema: { type: "string", enum: keyTypeNames },
};

/** An option with a key type for its value. Help and completion list the types. */
export function keyTypeOption(flags: string, description: string): Option {
  return new Option(flags, description).choices(keyTypeNames).argParser(readKeyType);
}

/** An option with a signing algorithm for its value. Help and completion list the algorithms. */
export function algorithmOption(flags: string, description: string): Option {
  return new Option(flags, description).choices(algorithmNames).argParser(readAlgorithm);
}

/** An option with a list of algorithms or schemes for its value, such as `ECDSA,RSASSA_PSS`. */
export function preferOption(flags: string, description: string): Option {
  return new Option(flags, `${description} (default: ${clientPreference.join(",")})`)
    .argParser(readPreferences);
}

function readPreferences(text: string, previous: readonly string[] = []): string[] {
  const names = text.split(",").map((name) => name.trim().toUpperCase().replaceAll("-", "_"));
  const known = [...clientPreference, ...algorithmNames];
  if (names.every((name) => known.includes(name))) return [...previous, ...names];
  throw badValue(`Use some of ${known.join(", ")}.`);
}

function readKeyType(text: string): KeyType {
  const type = parseKeyType(text);
  if (type === undefined) throw badValue(`Use one of ${keyTypeNames.join(", ")}.`);
  return type;
}

function readAlgorithm(text: string): AlgorithmName {
  const name = parseAlgorithm(text);
  if (name === undefined) {
    throw badValue(`Use one of ${algorithmNames.join(", ")}.`);
  }
  return name;
}
