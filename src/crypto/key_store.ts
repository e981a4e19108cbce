import type { AlgorithmName, KeyType } from "./algorithms.ts";
import { findKeyType } from "./algorithms.ts";
import { CryptoError } from "./errors.ts";
import type { CryptoProvider, PrivateKey, SharedKey } from "./provider.ts";
import { thumbprint } from "./public_key.ts";

/** The most characters of a key's id: room for a URN or a path, and short enough for a log line. */
export const MAX_KEY_ID_LENGTH = 128;

/** What an id is made of: what stands unquoted in a shell, a URL's path and a log line. */
const KEY_ID = /^[A-Za-z0-9._:/@+-]+$/;

/** What is told about a key. */
export interface KeyDescription {
  readonly id: string;
  readonly type: KeyType;
  readonly algorithms: readonly AlgorithmName[];
  readonly defaultAlgorithm: AlgorithmName;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  /** Whether it is the one that is meant by its type. */
  readonly isDefault: boolean;
}

/** A key of the store. */
export interface StoredKey extends Omit<KeyDescription, "isDefault"> {
  readonly key: PrivateKey;
}

/** The keys of a store on their way to another thread. */
export type SharedKeyStore = readonly {
  readonly id: string;
  readonly isDefault: boolean;
  readonly key: SharedKey;
}[];

/** The keys that a server signs with, by their ids. It owns them: disposing of it frees all. */
export class KeyStore implements Disposable {
  readonly #keys = new Map<string, StoredKey>();
  readonly #defaults = new Map<KeyType, StoredKey>();

  /**
   * Adds a key. The first one of a type is the default for it, unless a later one is marked.
   *
   * @param id the owner's choice; the key's thumbprint when undefined
   * @throws {CryptoError} `BAD_KEY_ID`; `DUPLICATE_KEY` when the id is taken or the same key is here by
   * another one. The key is then still the caller's to dispose of
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
        `Key ${id} is here already, as ${other.id}: name it once`,
      );
    }
  }

  /** The key of an id. @throws {CryptoError} `NO_SUCH_KEY` */
  get(id: string): StoredKey {
    const stored = this.#keys.get(id);
    if (stored !== undefined) return stored;
    // The id comes from a peer: what could not be one is not repeated.
    const shown = isKeyId(id) ? `with the id ${id}` : "with that id";
    throw new CryptoError(
      "NO_SUCH_KEY",
      `There is no key ${shown}: list the keys to see which there are`,
    );
  }

  /** The key that is meant by a type. @throws {CryptoError} `NO_SUCH_KEY` */
  getDefault(type: KeyType): StoredKey {
    const stored = this.#defaults.get(type);
    if (stored !== undefined) return stored;
    throw new CryptoError("NO_SUCH_KEY", `There is no key of type ${type}`);
  }

  /** All keys, in the order in which they were added. */
  list(): KeyDescription[] {
    return [...this.#keys.values()].map(({ key: _, ...description }) => ({
      ...description,
      isDefault: this.#defaults.get(description.type)?.id === description.id,
    }));
  }

  /** Every key, for another thread of this process to adopt, once. */
  share(): SharedKeyStore {
    return this.list().map(({ id, isDefault }) => {
      return { id, isDefault, key: this.get(id).key.share() };
    });
  }

  /**
   * A store of the keys that a thread of this process has shared, with the same ids and defaults.
   *
   * @throws {CryptoError} `PROVIDER_FAILED` when the provider there was another one
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
 * Ensures that a text can be a key's id: 1 to 128 characters, which are letters, digits and `._:/@+-`.
 *
 * @throws {CryptoError} `BAD_KEY_ID`
 */
export function checkKeyId(id: string): string {
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
