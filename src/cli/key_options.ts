/** Options with a key type or an algorithm as their value, in any case and spelling. @module */
import { Option } from "commander";
import { badValue } from "../config/mod.ts";
import {
  type AlgorithmName,
  algorithms,
  clientPreference,
  parseAlgorithm,
} from "../crypto/algorithms/mod.ts";
import { keyType } from "./key_type.ts";

const algorithmNames = algorithms.map(({ name }) => name);

/** An option with a key type for its value. Help and completion list the types. */
export function keyTypeOption(flags: string, description: string): Option {
  return new Option(flags, description).choices(keyType.choices!).argParser(keyType.parse);
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

function readAlgorithm(text: string): AlgorithmName {
  const name = parseAlgorithm(text);
  if (name === undefined) {
    throw badValue(`Use one of ${algorithmNames.join(", ")}.`);
  }
  return name;
}
