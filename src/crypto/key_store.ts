/** The keys of a server by their ids, with a default key for each type. @module */
import type { AlgorithmName, KeyType } from "./algorithms/mod.ts";
import { findKeyType } from "./algorithms/mod.ts";
import { CryptoError } from "./errors.ts";
import type { CryptoProvider, PrivateKey, SharedKey } from "./provider.ts";
import { thumbprint } from "./public_key.ts";

/** Longest id of a key, in characters: room for a URN or a path, and short enough for a log line. */
export const MAX_KEY_ID_LENGTH = 128;

/** The characters of an id: they need no quoting in a shell, in a URL's path and in a log line. */
const KEY_ID = /^[A-Za-z0-9._:/@+-]+$/;

/** The public properties of a key. */
export interface KeyDescription {
  readonly id: string;
  readonly type: KeyType;
  readonly algorithms: readonly AlgorithmName[];
  readonly defaultAlgorithm: AlgorithmName;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  /** Set for the key that a request gets which names only the key's type. */
  readonly isDefault: boolean;
}

/** A key of the store. */
export interface StoredKey extends Omit<KeyDescription, "isDefault"> {
  readonly key: PrivateKey;
}

/** The keys of a store in a form that can be posted to another thread. */
export type SharedKeyStore = readonly {
  readonly id: string;
  readonly isDefault: boolean;
  readonly key: SharedKey;
}[];

/** The keys that a server signs with, by their ids. The store owns them: its disposal frees all. */
export class KeyStore implements Disposable {
  readonly #keys = new Map<string, StoredKey>();
  readonly #defaults = new Map<KeyType, StoredKey>();

  /**
   * Adds a key. The first key of a type is the default of the type, unless a later one is marked.
   *
   * @param id the owner's choice; the key's thumbprint when undefined
   * @throws {CryptoError} `BAD_KEY_ID`; `DUPLICATE_KEY` when the id is taken or the store has the same
   * key by another id. The caller then still owns the key
   */
  add(
    id: string | undefined,
    key: PrivateKey,
    { isDefault = false }: { readonly isDefault?: boolean } = {},
  ): StoredKey {
    const print = thumbprint(key.publicKey);
    const stored: StoredKey = {
      id: id === undefined ? print : checkKeyId(id),
      type: key.type,
      algorithms: key.algorithms,
      defaultAlgorithm: findKeyType(key.type)!.defaultAlgorithm,
      thumbprint: print,
      key,
    };
    this.#refuseDuplicate(stored);
    this.#keys.set(stored.id, stored);
    if (isDefault || !this.#defaults.has(key.type)) this.#defaults.set(key.type, stored);
    return stored;
  }

  #refuseDuplicate({ id, thumbprint }: StoredKey): void {
    if (this.#keys.has(id)) {
      throw new CryptoError(
        "DUPLICATE_KEY",
        `Key id ${id} is taken: give each key an id of its own`,
      );
    }
    for (const other of this.#keys.values()) {
      if (other.thumbprint !== thumbprint) continue;
      throw new CryptoError(
        "DUPLICATE_KEY",
        `Key ${id} is the same key as ${other.id}: name it once`,
      );
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
    return [...this.#keys.values()].map(({ key: _, ...description }) => ({
      ...description,
      isDefault: this.#defaults.get(description.type)?.id === description.id,
    }));
  }

  /** Shares every key with another thread of this process, which adopts them once. */
  share(): SharedKeyStore {
    return this.list().map(({ id, isDefault }) => {
      return { id, isDefault, key: this.get(id).key.share() };
    });
  }

  /**
   * Makes a store of the keys that another thread of this process has shared, with the same ids and
   * defaults.
   *
   * @throws {CryptoError} `PROVIDER_FAILED` when the other thread has another provider
   */
  static adopt(provider: CryptoProvider, shared: SharedKeyStore): KeyStore {
    const store = new KeyStore();
    for (const { id, isDefault, key } of shared) {
      store.add(id, provider.adoptPrivateKey(key), { isDefault });
    }
    return store;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Frees every key. */
  [Symbol.dispose](): void {
    for (const { key } of this.#keys.values()) key[Symbol.dispose]();
    this.#keys.clear();
    this.#defaults.clear();
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
