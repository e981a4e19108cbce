/** The keys of a server by their ids, with a default key for each type. @module */
import type { KeyType } from "./algorithms/mod.ts";
import { CryptoError } from "./errors.ts";
import { type KeyPeriod, type KeyVersion, keyVersion } from "./key_version.ts";
import type { CryptoProvider, PrivateKey, SharedKey } from "./provider.ts";
import { type KeyDescription, StoredKey } from "./stored_key.ts";

/** Longest id of a key, in characters: room for a URN or a path, and short enough for a log line. */
export const MAX_KEY_ID_LENGTH = 128;

/** The characters of an id: they need no quoting in a shell, in a URL's path and in a log line. */
const KEY_ID = /^[A-Za-z0-9._:/@+-]+$/;

/** A version in a form that can be posted to another thread. */
interface SharedVersion {
  readonly version: number;
  readonly period: KeyPeriod;
  readonly thumbprint: string;
  /** The key pair, or the SubjectPublicKeyInfo of a public key alone. */
  readonly key: SharedKey | Uint8Array;
}

/** The keys of a store in a form that can be posted to another thread. */
export type SharedKeyStore = readonly {
  readonly id: string;
  readonly isDefault: boolean;
  readonly versions: readonly SharedVersion[];
}[];

/** The keys that a server signs with, by their ids. The store owns them: its disposal frees all. */
export class KeyStore implements Disposable {
  readonly #keys = new Map<string, StoredKey>();
  readonly #defaults = new Map<KeyType, StoredKey>();
  /** The ids of keys by the thumbprints of their versions. */
  readonly #ids = new Map<string, string>();

  /**
   * Adds a key with one version.
   *
   * @param id the owner's choice; the key's thumbprint when undefined
   * @throws {CryptoError} as `addVersions()`
   */
  add(
    id: string | undefined,
    key: PrivateKey,
    options: { readonly isDefault?: boolean } = {},
  ): StoredKey {
    const version = keyVersion(1, key);
    return this.addVersions(id ?? version.thumbprint, [version], options);
  }

  /**
   * Adds a key with its versions. The first key of a type that can sign is the default of the type, unless a later one is
   * marked.
   *
   * @throws {CryptoError} `BAD_KEY_ID`; `BAD_KEY_VERSION`; `DUPLICATE_KEY` when the id is taken or the store has one of
   * the keys already. The caller then still owns the keys
   */
  addVersions(
    id: string,
    versions: readonly KeyVersion[],
    { isDefault = false }: { readonly isDefault?: boolean } = {},
  ): StoredKey {
    const stored = new StoredKey(checkKeyId(id), versions);
    this.#refuseDuplicate(stored);
    this.#keys.set(stored.id, stored);
    for (const { thumbprint } of versions) this.#ids.set(thumbprint, stored.id);
    if (isDefault || (stored.hasPrivateKey && !this.#defaults.has(stored.type))) {
      this.#defaults.set(stored.type, stored);
    }
    return stored;
  }

  #refuseDuplicate({ id, versions }: StoredKey): void {
    if (this.#keys.has(id)) {
      throw new CryptoError(
        "DUPLICATE_KEY",
        `Key id ${id} is taken: give each key an id of its own`,
      );
    }
    const own = new Set<string>();
    for (const { thumbprint, version } of versions) {
      const other = this.#ids.get(thumbprint);
      if (other !== undefined) {
        throw new CryptoError(
          "DUPLICATE_KEY",
          `Key ${id} is the same key as ${other}: name it once`,
        );
      }
      if (own.has(thumbprint)) {
        throw new CryptoError(
          "DUPLICATE_KEY",
          `Version ${version} of key ${id} is the same key as another version`,
        );
      }
      own.add(thumbprint);
    }
  }

  /** Finds a key by its id. @throws {CryptoError} `NO_SUCH_KEY` */
  get(id: string): StoredKey {
    const stored = this.#keys.get(id);
    if (stored !== undefined) return stored;
    // The id comes from a peer: a text that cannot be an id is not repeated.
    const shown = isKeyId(id) ? `with the id ${id}` : "with that id";
    throw new CryptoError(
      "NO_SUCH_KEY",
      `There is no key ${shown}: list the keys to see which there are`,
    );
  }

  /** Finds the default key of a type; undefined without one. */
  findDefault(type: KeyType): StoredKey | undefined {
    return this.#defaults.get(type);
  }

  /** Finds the default key of a type. @throws {CryptoError} `NO_SUCH_KEY` */
  getDefault(type: KeyType): StoredKey {
    const stored = this.findDefault(type);
    if (stored !== undefined) return stored;
    throw new CryptoError("NO_SUCH_KEY", `There is no key of type ${type}`);
  }

  /** Lists all keys in the order in which they were added. */
  list(): KeyDescription[] {
    return [...this.#keys.values()].map((key) => key.describe(this.#isDefault(key)));
  }

  #isDefault(key: StoredKey): boolean {
    return this.#defaults.get(key.type) === key;
  }

  /** Shares every key with another thread of this process, which adopts them once. */
  share(): SharedKeyStore {
    return [...this.#keys.values()].map((stored) => ({
      id: stored.id,
      isDefault: this.#isDefault(stored),
      versions: stored.versions.map(({ version, period, thumbprint, privateKey, publicKey }) => ({
        version,
        period,
        thumbprint,
        key: privateKey?.share() ?? publicKey.spki,
      })),
    }));
  }

  /**
   * Makes a store of the keys that another thread of this process has shared, with the same ids and
   * defaults.
   *
   * @throws {CryptoError} `PROVIDER_FAILED` when the other thread has another provider
   */
  static adopt(provider: CryptoProvider, shared: SharedKeyStore): KeyStore {
    const store = new KeyStore();
    for (const { id, isDefault, versions } of shared) {
      const adopted = versions.map(({ version, period, thumbprint, key }) => {
        const own = key instanceof Uint8Array
          ? provider.importPublicKey(key)
          : provider.adoptPrivateKey(key);
        return keyVersion(version, own, period, thumbprint);
      });
      store.addVersions(id, adopted, { isDefault });
    }
    return store;
  }

  /** Reports whether a key can sign now. */
  get canSign(): boolean {
    for (const key of this.#keys.values()) if (key.signsNow) return true;
    return false;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Frees every key. */
  [Symbol.dispose](): void {
    for (const key of this.#keys.values()) key[Symbol.dispose]();
    this.#keys.clear();
    this.#defaults.clear();
    this.#ids.clear();
  }
}

/**
 * Ensures that a text can be a key's id: 1 to 128 letters, digits and `._:/@+-`.
 *
 * @throws {CryptoError} `BAD_KEY_ID`
 */
function checkKeyId(id: string): string {
  if (isKeyId(id)) return id;
  const shown = JSON.stringify(id.slice(0, 40));
  throw new CryptoError(
    "BAD_KEY_ID",
    `Key id ${shown} refused: use 1 to ${MAX_KEY_ID_LENGTH} letters, digits and ._:/@+-`,
  );
}

function isKeyId(id: string): boolean {
  return id.length <= MAX_KEY_ID_LENGTH && KEY_ID.test(id);
}
