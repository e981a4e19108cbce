/** Contexts of libcrypto that are kept for each key and algorithm. @module */
import type { AlgorithmInfo, AlgorithmName, KeyType } from "../algorithms/mod.ts";
import { requireAlgorithm } from "../_signing.ts";

/** An algorithm's row of the table, and the context that was opened for it. */
interface Entry<C> {
  readonly info: AlgorithmInfo;
  readonly context: C;
}

/** The contexts of one key by algorithm, opened at the first use and kept. */
export class Contexts<C extends Disposable> implements Disposable {
  readonly #entries = new Map<AlgorithmName, Entry<C>>();
  readonly #type: KeyType;
  readonly #offered: readonly AlgorithmName[];
  readonly #open: (info: AlgorithmInfo) => C;

  constructor(type: KeyType, offered: readonly AlgorithmName[], open: (info: AlgorithmInfo) => C) {
    this.#type = type;
    this.#offered = offered;
    this.#open = open;
  }

  /** Returns the context of an algorithm. @throws {CryptoError} `ALGORITHM_MISMATCH`, and errors of `open` */
  get(algorithm: AlgorithmName): Entry<C> {
    return this.#entries.get(algorithm) ?? this.#add(algorithm);
  }

  #add(algorithm: AlgorithmName): Entry<C> {
    const info = requireAlgorithm(algorithm, this.#type, this.#offered);
    const entry = { info, context: this.#open(info) };
    this.#entries.set(algorithm, entry);
    return entry;
  }

  [Symbol.dispose](): void {
    for (const { context } of this.#entries.values()) context[Symbol.dispose]();
    this.#entries.clear();
  }
}
