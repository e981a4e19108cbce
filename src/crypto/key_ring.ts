/**
 * The keys of a server that can be replaced while calls are under way.
 *
 * @module
 */
import type { KeyStore } from "./key_store.ts";

/** A store that was replaced, until no call uses it. */
interface Retired {
  readonly store: KeyStore;
  readonly generation: number;
}

/**
 * The current key store of a thread, and the stores before it that calls still use.
 *
 * ```text
 * current ── replace() ──▶ retired ── release(), and no lease ──▶ disposed
 * ```
 *
 * A call that was read before a replacement ends with the keys that it began with. A call of several turns
 * takes a lease. A call that waits for a single turn remembers its store, and checks with `holds()` that
 * the store was not disposed of; so the owner of the ring waits a while between `replace()` and `release()`.
 */
export class KeyRing implements Disposable {
  #current: KeyStore;
  #generation = 0;
  #released = 0;
  #retired: Retired[] = [];
  readonly #leases = new Map<KeyStore, number>();

  /** @param store belongs to the ring from now on */
  constructor(store: KeyStore) {
    this.#current = store;
  }

  /** The store for the calls that begin now. */
  get current(): KeyStore {
    return this.#current;
  }

  /** Checks that a store has not been disposed of. */
  holds(store: KeyStore): boolean {
    return store === this.#current || this.#retired.some((retired) => retired.store === store);
  }

  /** The current store, for a call that takes several turns, until the lease is disposed of. */
  lease(): { readonly keys: KeyStore } & Disposable {
    const keys = this.#current;
    this.#leases.set(keys, this.#leasesOf(keys) + 1);
    let given = true;
    return {
      keys,
      [Symbol.dispose]: () => {
        if (!given) return;
        given = false;
        this.#leases.set(keys, this.#leasesOf(keys) - 1);
        this.#sweep();
      },
    };
  }

  /**
   * Makes `next` the current store, which belongs to the ring from now on, and retires the one before.
   *
   * @param generation of the store that is retired: threads with a ring each agree on it
   * @returns the generation, for `release()`
   */
  replace(next: KeyStore, generation = this.#generation + 1): number {
    this.#retired.push({ store: this.#current, generation });
    this.#current = next;
    return this.#generation = generation;
  }

  /** Disposes of the retired stores up to a generation, each as soon as no lease is on it. */
  release(generation: number): void {
    this.#released = Math.max(this.#released, generation);
    this.#sweep();
  }

  #leasesOf(store: KeyStore): number {
    return this.#leases.get(store) ?? 0;
  }

  #sweep(): void {
    this.#retired = this.#retired.filter(({ store, generation }) => {
      if (generation > this.#released || this.#leasesOf(store) > 0) return true;
      this.#leases.delete(store);
      store[Symbol.dispose]();
      return false;
    });
  }

  /** Disposes of every store, leased or not. */
  [Symbol.dispose](): void {
    for (const { store } of this.#retired) store[Symbol.dispose]();
    this.#retired = [];
    this.#leases.clear();
    this.#current[Symbol.dispose]();
  }
}
