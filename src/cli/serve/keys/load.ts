/** The keys of a server: read from files and folders, or generated. @module */
import { join } from "node:path";
import {
  CryptoError,
  type CryptoProvider,
  disposeVersion,
  KeyStore,
  type KeyType,
  type PrivateKey,
  type StoredKey,
} from "../../../crypto/mod.ts";
import { usageError } from "../../exit.ts";
import { isFolder } from "../../file_status.ts";
import { keyFileExtensions, keysIn } from "../../key_folder.ts";
import { warn } from "../../output.ts";
import type { Passphrases } from "../../passphrase/mod.ts";
import { type KeyReading, readKeyFile } from "./read_key.ts";
import { readVersions } from "./versions.ts";

/** Options of `serve` that name its keys. */
export interface KeyOptions {
  /**
   * `id=FILE`, or `FILE` for a key whose id is its thumbprint; `id=FOLDER` for a key with versions.
   */
  readonly key?: readonly string[];
  readonly keyDir?: string;
  readonly generate?: readonly KeyType[];
  readonly allowInsecureKeyFiles?: boolean;
}

/** Receives a file or folder of the key folder that is not used, and the reason. */
export type SkippedReport = (path: string, reason: string) => void;

const warnOfSkipped: SkippedReport = (path, reason) => warn(`skipped ${path}: ${reason}`);

/** The keys that a server generates when no option names one. */
const defaultKeys: readonly KeyType[] = ["rsa-3072", "ecdsa-p256"];

/** The keys that a server starts with. */
export interface LoadedKeys {
  readonly store: KeyStore;
  /** The generated keys. */
  readonly generated: readonly { readonly id: string; readonly type: KeyType }[];
}

/** Warns of keys that are lost when the server ends. */
export function warnOfGenerated(generated: LoadedKeys["generated"]): void {
  if (generated.length === 0) return;
  const types = generated.map(({ type }) => type).join(", ");
  warn(
    `generated keys are lost when this process ends (${types}): to keep a key, make it with keygen ` +
      "and name it with --key",
  );
}

/**
 * Loads every key that the options name: key files first, then the key folder, then generated keys.
 *
 * @throws {CliError} when the folder has no key
 * @throws {CryptoError} for an unusable file, and for an id or a key that is named twice
 */
export async function loadKeys(
  provider: CryptoProvider,
  options: KeyOptions,
  passphrases: Passphrases,
): Promise<LoadedKeys> {
  const generated: { id: string; type: KeyType }[] = [];
  const store = await filled(async (store) => {
    await addKeys(store, { ...options, provider, passphrases }, options, warnOfSkipped);
    for (const key of await generateKeys(provider, options, store.size)) {
      generated.push({ id: add(store, undefined, key).id, type: key.type });
    }
  });
  return { store, generated };
}

/**
 * Reads the key files that the options name again, into a store of their own, and adds the generated keys
 * of `held`.
 *
 * @param onSkipped by default a warning on standard error, which waits while nobody reads it
 * @throws {CliError | CryptoError} as `loadKeys()`
 */
export function reloadKeys(
  provider: CryptoProvider,
  options: KeyOptions,
  passphrases: Passphrases,
  held: KeyStore,
  generated: readonly string[],
  onSkipped = warnOfSkipped,
): Promise<KeyStore> {
  return filled(async (store) => {
    await addKeys(store, { ...options, provider, passphrases }, options, onSkipped);
    for (const id of generated) {
      const { privateKey } = held.get(id).current;
      add(store, id, provider.adoptPrivateKey(privateKey!.share()));
    }
  });
}

/** Fills a new store, and disposes of it when `fill` fails. */
async function filled(fill: (store: KeyStore) => Promise<void>): Promise<KeyStore> {
  const store = new KeyStore();
  try {
    await fill(store);
    return store;
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
}

/** Adds the keys of `--key` and `--key-dir`. */
async function addKeys(
  store: KeyStore,
  reading: KeyReading,
  { key = [], keyDir }: KeyOptions,
  onSkipped: SkippedReport,
): Promise<void> {
  for (const named of key) {
    const { id, path } = splitName(named);
    if (!isFolder(path)) add(store, id, await readKeyFile(reading, path));
    else if (id === undefined) {
      throw usageError(`${path} is a folder of versions of a key`, `Give its id: ID=${path}`);
    } else if (!await addVersions(store, reading, id, path)) {
      throw usageError(`The folder ${path} has no version of a key`, NAME_VERSIONS);
    }
  }
  if (keyDir !== undefined) await addFolder(store, reading, keyDir, onSkipped);
}

/** Moves a key into the store, or frees the key when the store refuses it. */
function add(store: KeyStore, id: string | undefined, key: PrivateKey): StoredKey {
  try {
    return store.add(id, key);
  } catch (error) {
    key[Symbol.dispose]();
    throw error;
  }
}

const NAME_VERSIONS = "Name its key files 1.pem, 2.pem and so on, higher for newer ones";

/** Adds the key of a folder of versions, and returns false for a folder without any. */
async function addVersions(
  store: KeyStore,
  reading: KeyReading,
  id: string,
  folder: string,
): Promise<boolean> {
  const versions = await readVersions(reading, folder);
  if (versions.length === 0) return false;
  try {
    store.addVersions(id, versions);
    return true;
  } catch (error) {
    versions.forEach(disposeVersion);
    throw error;
  }
}

/** Splits `id=FILE`; the id is undefined where there is none. */
function splitName(named: string): { id: string | undefined; path: string } {
  const at = named.indexOf("=");
  if (at < 0) return { id: undefined, path: named };
  return { id: named.slice(0, at), path: named.slice(at + 1) };
}

/** Adds the keys of a folder by their names. Public keys and certificates are skipped and reported. */
async function addFolder(
  store: KeyStore,
  reading: KeyReading,
  folder: string,
  onSkipped: SkippedReport,
): Promise<void> {
  let found = 0;
  for (const { id, path, isFolder: hasVersions } of keysIn(folder)) {
    if (hasVersions) {
      if (await addVersions(store, reading, id, path)) found++;
      else onSkipped(`the folder ${path}`, "it has no version of a key, such as 1.pem");
      continue;
    }
    try {
      add(store, id, await readKeyFile(reading, path, join(folder, `${id}.pass`)));
      found++;
    } catch (error) {
      if (!(error instanceof CryptoError) || error.code !== "NOT_PRIVATE_KEY") throw error;
      onSkipped(path, "it holds no private key");
    }
  }
  if (found > 0) return;
  throw usageError(
    `The key folder ${folder} has no file with a private key`,
    `Put files that end in ${[...keyFileExtensions].join(", ")} there, or name another folder`,
  );
}

/** Generates the keys of `--generate`, or the default ones when the store is empty. */
async function generateKeys(
  provider: CryptoProvider,
  { generate = [] }: KeyOptions,
  held: number,
): Promise<PrivateKey[]> {
  const types = generate.length > 0 || held > 0 ? generate : defaultKeys;
  return await Promise.all(types.map((type) => provider.generate(type)));
}
