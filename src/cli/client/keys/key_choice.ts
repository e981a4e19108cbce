/** The choice of a key and an algorithm for a request. @module */
import { type KeyInfo, signingDefinition } from "../../../api/mod.ts";
import { clientPreference, findAlgorithm, type HashName } from "../../../crypto/algorithms/mod.ts";
import { CliError, ExitCode, usageError } from "../../exit.ts";
import type { Session } from "../session.ts";

/** The options that name a key and an algorithm. */
export interface KeyOptions {
  readonly key?: string;
  readonly keyType?: string;
  readonly algorithm?: string;
  readonly prefer?: readonly string[];
  readonly verbose?: boolean;
}

/** The key of a request: by its id, or the default key of a type. */
export type KeySelector = { readonly keyId: string } | { readonly keyType: string };

/** A key and an algorithm that fits it. */
export interface Choice {
  readonly key: KeySelector;
  readonly algorithm: string;
}

/** The protocol's name of a key type: `KEY_TYPE_RSA_3072` for `rsa-3072`. */
function wireKeyType(keyType: string): string {
  return `KEY_TYPE_${keyType.toUpperCase().replaceAll("-", "_")}`;
}

/** The command line's name of a key type: `rsa-3072` for `KEY_TYPE_RSA_3072`. */
export function keyTypeName(wireName: string | number): string {
  return String(wireName).replace(/^KEY_TYPE_/, "").toLowerCase().replaceAll("_", "-");
}

/** The key that the options name; undefined when they name none. */
export function namedKey({ key, keyType }: KeyOptions): KeySelector | undefined {
  if (key !== undefined) return { keyId: key };
  return keyType === undefined ? undefined : { keyType: wireKeyType(keyType) };
}

/**
 * Chooses the key and the algorithm. Choices that the options leave open are made by the server's list of keys.
 *
 * @throws {CliError} when no key of the server fits, or when several fit alike and none is named
 */
export async function chooseKey(session: Session, options: KeyOptions): Promise<Choice> {
  const named = namedKey(options);
  if (named && options.algorithm !== undefined) return { key: named, algorithm: options.algorithm };
  const { keys } = await session.unary(signingDefinition.ListKeys, {});
  const candidates = named ? keys.filter((key) => isNamed(key, named)) : keys;
  // The server has no such key, and its NOT_FOUND says so.
  if (named && candidates.length === 0) return { key: named, algorithm: unspecified };
  const wanted = options.algorithm ? [options.algorithm] : options.prefer ?? clientPreference;
  const fits = firstFits(candidates, wanted);
  const [choice] = fits;
  if (!choice) throw nothingFits(wanted, candidates);
  if (fits.length > 1) throw severalFit(fits);
  return choice;
}

/** The algorithm of a request for a key that the server does not have: it answers NOT_FOUND. */
export const unspecified = "SIGNING_ALGORITHM_UNSPECIFIED";

/** The hash function of an algorithm that signs a digest; undefined for one that signs the message itself. */
export function hashOf(algorithm: string): HashName | undefined {
  return findAlgorithm(algorithm)?.hash;
}

/** The default algorithm of a key that is named, or `unspecified` when the server has no such key. */
export async function defaultAlgorithm(session: Session, named: KeySelector): Promise<string> {
  const { keys } = await session.unary(signingDefinition.ListKeys, {});
  return String(keys.find((key) => isNamed(key, named))?.defaultAlgorithm ?? unspecified);
}

/**
 * The keys that fit the first wanted name which any key fits. A scheme's prefix stands for the key's default
 * algorithm if that is of the scheme, else for the first of the scheme that the server offers.
 */
function firstFits(keys: readonly KeyInfo[], wanted: readonly string[]): Choice[] {
  for (const name of wanted) {
    const fits = keys.flatMap((key) => {
      const algorithm = [key.defaultAlgorithm, ...key.algorithms].map(String)
        .find((offered) => offered === name || offered.startsWith(`${name}_`));
      return algorithm ? [{ key: { keyId: key.keyId }, algorithm }] : [];
    });
    if (fits.length > 0) return fits;
  }
  return [];
}

function severalFit(fits: readonly Choice[]): CliError {
  const keys = fits.map(({ key, algorithm }) => `${"keyId" in key && key.keyId} (${algorithm})`);
  return usageError(
    `${fits.length} keys fit and none is named: ${keys.join(", ")}`,
    "Name one with --key ID, or the server's default of a type with --key-type TYPE",
  );
}

function isNamed(key: KeyInfo, named: KeySelector): boolean {
  if ("keyId" in named) return key.keyId === named.keyId || key.thumbprint === named.keyId;
  return key.keyType === named.keyType && key.isDefault;
}

function nothingFits(wanted: readonly string[], keys: readonly KeyInfo[]): CliError {
  const among = keys.length === 0
    ? "the server holds no key"
    : `the keys are ${keys.map(({ keyId }) => keyId).join(", ")}`;
  return new CliError(ExitCode.failed, `No key fits ${wanted.join(", ")}: ${among}`, {
    hint: "List the keys and their algorithms with: signer call keys",
  });
}
