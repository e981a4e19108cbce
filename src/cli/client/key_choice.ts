import { type KeyInfo, signingDefinition } from "../../api/mod.ts";
import { clientPreference } from "../../crypto/mod.ts";
import { CliError, ExitCode } from "../exit.ts";
import { note } from "../output.ts";
import type { Session } from "./session.ts";

/** Which key, and which algorithm, as the options of a verb name them. */
export interface KeyOptions {
  readonly key?: string;
  readonly keyType?: string;
  readonly algorithm?: string;
  readonly prefer?: readonly string[];
  readonly verbose?: boolean;
}

/** The key of a request: one of the two. */
export type KeySelector = { readonly keyId: string } | { readonly keyType: string };

/** A key and an algorithm that fits it. */
export interface Choice {
  readonly key: KeySelector;
  readonly algorithm: string;
}

/** The key type of the wire for one of the command line: `KEY_TYPE_RSA_3072` for `rsa-3072`. */
export function wireKeyType(keyType: string): string {
  return `KEY_TYPE_${keyType.toUpperCase().replaceAll("-", "_")}`;
}

/** The name that the command line uses for a key type of the wire. */
export function keyTypeName(wireName: string | number): string {
  return String(wireName).replace(/^KEY_TYPE_/, "").toLowerCase().replaceAll("_", "-");
}

/** The key that the options name; undefined when they name none. */
export function namedKey({ key, keyType }: KeyOptions): KeySelector | undefined {
  if (key !== undefined) return { keyId: key };
  return keyType === undefined ? undefined : { keyType: wireKeyType(keyType) };
}

/**
 * The key and the algorithm to use. What the options leave open is chosen from what the server offers.
 *
 * @throws {CliError} when no key of the server fits
 */
export async function chooseKey(session: Session, options: KeyOptions): Promise<Choice> {
  const named = namedKey(options);
  if (named && options.algorithm !== undefined) return { key: named, algorithm: options.algorithm };
  const { keys } = await session.unary(signingDefinition.ListKeys, {});
  const candidates = named ? keys.filter((key) => isNamed(key, named)) : defaultsFirst(keys);
  // The server says best that it has no such key.
  if (named && candidates.length === 0) return { key: named, algorithm: unspecified };
  const wanted = options.algorithm ? [options.algorithm] : options.prefer ?? clientPreference;
  const choice = firstFit(candidates, wanted);
  if (!choice) throw nothingFits(wanted, candidates);
  if (options.verbose) note(`chose ${choice.algorithm} with key ${choice.key.keyId}`);
  return choice;
}

const unspecified = "SIGNING_ALGORITHM_UNSPECIFIED";

/**
 * The first key and algorithm that fit a wanted name. A scheme's prefix stands for the key's default
 * algorithm if that is of the scheme, else for the first of the scheme that the server offers.
 */
function firstFit(keys: readonly KeyInfo[], wanted: readonly string[]) {
  for (const name of wanted) {
    for (const key of keys) {
      const algorithm = [key.defaultAlgorithm, ...key.algorithms].map(String)
        .find((offered) => offered === name || offered.startsWith(`${name}_`));
      if (algorithm) return { key: { keyId: key.keyId }, algorithm };
    }
  }
}

function isNamed(key: KeyInfo, named: KeySelector): boolean {
  if ("keyId" in named) return key.keyId === named.keyId || key.thumbprint === named.keyId;
  return key.keyType === named.keyType && key.isDefault;
}

function defaultsFirst(keys: readonly KeyInfo[]): KeyInfo[] {
  return keys.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
}

function nothingFits(wanted: readonly string[], keys: readonly KeyInfo[]): CliError {
  const among = keys.length === 0
    ? "the server holds no key"
    : `the keys are ${keys.map(({ keyId }) => keyId).join(", ")}`;
  return new CliError(ExitCode.failed, `No key fits ${wanted.join(", ")}: ${among}`, {
    hint: "Keys and the algorithms that fit them are listed by: signer call keys",
  });
}
