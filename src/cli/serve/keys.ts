/** The keys of a server: read from files and folders, or generated. @module */
import { join } from "node:path";
import {
  CryptoError,
  type CryptoProvider,
  KeyStore,
  type KeyType,
  type PrivateKey,
  readPrivateKeyFile,
  type StoredKey,
} from "../../crypto/mod.ts";
import { usageError } from "../exit.ts";
import { keyFileExtensions, keyFilesIn } from "../key_folder.ts";
import { warn } from "../output.ts";
import { type Asking, passphraseBeside, passphraseToRead } from "../passphrase/mod.ts";

/** Options of `serve` that name its keys. */
export interface KeyOptions {
  /** `id=FILE`, or `FILE` for a key whose id is its thumbprint. */
  readonly key?: readonly string[];
  readonly keyDir?: string;
  readonly generate?: readonly KeyType[];
  readonly passphraseFile?: string;
  readonly allowInsecureKeyFiles?: boolean;
}

/** The keys that a server generates when no option names one. */
const defaultKeys: readonly KeyType[] = ["rsa-3072", "ecdsa-p256"];

/** The keys that a server starts with. */
export interface LoadedKeys {
  readonly store: KeyStore;
  /** Ids of the generated keys. */
  readonly generated: readonly string[];
}

/**
 * Loads every key that the options name: key files first, then the key folder, then generated keys.
 *
 * @throws {CliError} when the folder has no key
 * @throws {CryptoError} for an unusable file, and for an id or a key that is named twice
 */
export async function loadKeys(provider: CryptoProvider, options: KeyOptions): Promise<LoadedKeys> {
  const generated: string[] = [];
  const store = await filled(async (store) => {
    await addFiles(store, provider, options, { ask: true });
    for (const key of await generateKeys(provider, options, store.size)) {
      generated.push(add(store, undefined, key).id);
    }
  });
  return { store, generated };
}

/**
 * Reads the key files that the options name again, into a store of their own, and adds the generated keys
 * of `held`. Never asks for a passphrase.
 *
 * @throws {CliError | CryptoError} as `loadKeys()`
 */
export function reloadKeys(
  provider: CryptoProvider,
  options: KeyOptions,
  held: KeyStore,
  generated: readonly string[],
): Promise<KeyStore> {
  return filled(async (store) => {
    await addFiles(store, provider, options, { ask: false });
    for (const id of generated) {
      add(store, id, provider.adoptPrivateKey(held.get(id).key.share()));
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

async function addFiles(
  store: KeyStore,
  provider: CryptoProvider,
  options: KeyOptions,
  asking: Asking,
): Promise<void> {
  for (const named of options.key ?? []) {
    const { id, path } = splitName(named);
    add(store, id, await readKeyFile(provider, path, options, asking));
  }
  if (options.keyDir !== undefined) {
    await addFolder(store, provider, options.keyDir, options, asking);
  }
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

/** Splits `id=FILE`; the id is undefined where there is none. */
function splitName(named: string): { id: string | undefined; path: string } {
  const at = named.indexOf("=");
  if (at < 0) return { id: undefined, path: named };
  return { id: named.slice(0, at), path: named.slice(at + 1) };
}

/** Adds the keys of a folder by their names. Public keys and certificates are skipped with a warning. */
async function addFolder(
  store: KeyStore,
  provider: CryptoProvider,
  folder: string,
  options: KeyOptions,
  asking: Asking,
): Promise<void> {
  let found = 0;
  for (const { name, id } of keyFilesIn(folder)) {
    const path = join(folder, name);
    try {
      const key = await readKeyFile(provider, path, options, asking, join(folder, `${id}.pass`));
      add(store, id, key);
      found++;
    } catch (error) {
      if (!(error instanceof CryptoError) || error.code !== "NOT_PRIVATE_KEY") throw error;
      warn(`skipped ${path}: it holds no private key`);
    }
  }
  if (found > 0) return;
  throw usageError(
    `The key folder ${folder} has no file with a private key`,
    `Put files that end in ${[...keyFileExtensions].join(", ")} there, or name another folder`,
  );
}

/**
 * Reads a key file. An encrypted key is opened by the passphrase in `passphrasePath` where that file is
 * there, and else by the passphrase of the options.
 */
function readKeyFile(
  provider: CryptoProvider,
  path: string,
  options: KeyOptions,
  asking: Asking,
  passphrasePath?: string,
): Promise<PrivateKey> {
  const { allowInsecureKeyFiles: allowInsecure = false } = options;
  return readPrivateKeyFile(provider, path, {
    allowInsecure,
    passphrase: async () => {
      const own = passphrasePath && await passphraseBeside(passphrasePath, { allowInsecure });
      return own || await passphraseToRead(options, `Passphrase of ${path}: `, asking);
    },
  });
}

/** Generates the keys of `--generate`, or the default ones when the store is empty. */
async function generateKeys(
  provider: CryptoProvider,
  { generate = [] }: KeyOptions,
  held: number,
): Promise<PrivateKey[]> {
  const types = generate.length > 0 || held > 0 ? generate : defaultKeys;
  if (types.length === 0) return [];
  warn(
    `generated keys are lost when this process ends (${
      types.join(", ")
    }): to keep a key, make it ` +
      "with keygen and name it with --key",
  );
  return await Promise.all(types.map((type) => provider.generate(type)));
}
