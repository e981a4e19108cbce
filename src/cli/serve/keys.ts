import { basename, extname, join } from "node:path";
import {
  type CryptoProvider,
  KeyStore,
  type KeyType,
  type PrivateKey,
  readPrivateKeyFile,
} from "../../crypto/mod.ts";
import { usageError } from "../exit.ts";
import { warn } from "../output.ts";
import { passphraseToRead } from "../passphrase/mod.ts";

/** Where the keys of a server come from. */
export interface KeyOptions {
  /** `id=FILE`, or `FILE` for a key whose id is its thumbprint. */
  readonly key?: readonly string[];
  readonly keyDir?: string;
  readonly generate?: readonly KeyType[];
  readonly passphraseFile?: string;
  readonly allowInsecureKeyFiles?: boolean;
}

/** What a server holds that was told of no key. */
const defaultKeys: readonly KeyType[] = ["rsa-3072", "ecdsa-p256"];

/** The key files of a folder, among whatever else is in it. */
const keyFileExtensions = new Set([".pem", ".der", ".jwk"]);

/**
 * A store with every key that the options name: files first, then a folder's, then new ones.
 *
 * @throws {CliError} for a folder without keys
 * @throws {CryptoError} for a file that cannot be used, and an id or a key that is there already
 */
export async function loadKeys(provider: CryptoProvider, options: KeyOptions): Promise<KeyStore> {
  const store = new KeyStore();
  try {
    for (const { id, path } of keyFiles(options)) {
      add(store, id, await readKeyFile(provider, path, options));
    }
    for (const key of await generateKeys(provider, options, store.size)) add(store, undefined, key);
    return store;
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
}

/** Hands the key over to the store, or frees it when the store refuses it. */
function add(store: KeyStore, id: string | undefined, key: PrivateKey): void {
  try {
    store.add(id, key);
  } catch (error) {
    key[Symbol.dispose]();
    throw error;
  }
}

function* keyFiles({ key = [], keyDir }: KeyOptions): Generator<{ id?: string; path: string }> {
  for (const named of key) {
    const at = named.indexOf("=");
    yield at < 0 ? { path: named } : { id: named.slice(0, at), path: named.slice(at + 1) };
  }
  if (keyDir === undefined) return;
  const names = keyFilesIn(keyDir);
  if (names.length === 0) {
    throw usageError(
      `The key folder ${keyDir} has no key file`,
      `Put files that end in ${[...keyFileExtensions].join(", ")} there, or name another folder`,
    );
  }
  for (const name of names) {
    yield { id: basename(name, extname(name)), path: join(keyDir, name) };
  }
}

function keyFilesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name, isDirectory }) => !isDirectory && keyFileExtensions.has(extname(name)))
      .map(({ name }) => name)
      .sort();
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? "there is no such folder"
      : (cause as Error).message;
    throw usageError(`Cannot read the key folder ${folder}: ${reason}`);
  }
}

function readKeyFile(
  provider: CryptoProvider,
  path: string,
  options: KeyOptions,
): Promise<PrivateKey> {
  return readPrivateKeyFile(provider, path, {
    allowInsecure: options.allowInsecureKeyFiles ?? false,
    passphrase: () => passphraseToRead(options, `Passphrase of ${path}: `),
  });
}

/** The keys that die with the process: those asked for, or the default ones when there are no others. */
async function generateKeys(
  provider: CryptoProvider,
  { generate = [] }: KeyOptions,
  held: number,
): Promise<PrivateKey[]> {
  const types = generate.length > 0 || held > 0 ? generate : defaultKeys;
  if (types.length === 0) return [];
  warn(
    `generated keys die with this process (${
      types.join(", ")
    }): to keep a key, make it with keygen` +
      " and name it with --key",
  );
  return await Promise.all(types.map((type) => provider.generate(type)));
}
