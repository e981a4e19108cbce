/** The permissions of one caller. @module */
import type { AlgorithmName } from "../crypto/algorithms/mod.ts";
import type { KeyOperation, Operation } from "./operations.ts";
import type { RateLimits } from "./rate_limits.ts";
import type { CompiledRule } from "./rule.ts";

/** The permissions of a caller: answers of the rules, in the file's order, in which the first that fits decides. */
export interface Permissions {
  /** Reports whether an operation that is on no key is allowed. */
  allows(operation: Exclude<Operation, KeyOperation>): boolean;
  /**
   * Reports whether an operation with a key is allowed, also with an id that no key has.
   *
   * @param algorithm undefined to ask for any
   */
  allowsKey(operation: KeyOperation, keyId: string, algorithm?: AlgorithmName): boolean;
  /** Reports whether an operation is allowed with every key that there may be. */
  allowsAllKeys(operation: KeyOperation): boolean;
  /**
   * Reports whether any operation with a key is allowed.
   *
   * @param algorithm undefined to ask for any
   */
  showsKey(keyId: string, algorithm?: AlgorithmName): boolean;
  /**
   * Counts a request that is allowed in the rate of its rule.
   *
   * @returns milliseconds until the rate has room for it; 0 when it was counted
   */
  count(operation: Operation, keyId?: string, algorithm?: AlgorithmName): number;
}

/** The permissions of every caller of a server without rules. */
export const UNRESTRICTED: Permissions = {
  allows: () => true,
  allowsKey: () => true,
  allowsAllKeys: () => true,
  showsKey: () => true,
  count: () => 0,
};

/** 128: the longest key id that there may be (`MAX_KEY_ID_LENGTH` of the key store). */
const MAX_KEY_ID_LENGTH = 128;

/** 1,024: key ids for which the rules that fit are remembered. Callers choose the ids, each of 128 characters. */
const MAX_REMEMBERED_KEYS = 1_024;

/** The permissions that rules give. */
export class RulePermissions implements Permissions {
  /** The rules that fit the caller, in the order of the file. */
  readonly #rules: readonly CompiledRule[];
  readonly #rates: RateLimits;
  /** The rules that fit a key as well. */
  readonly #byKey = new Map<string, readonly CompiledRule[]>();

  constructor(rules: readonly CompiledRule[], rates: RateLimits) {
    this.#rules = rules;
    this.#rates = rates;
  }

  allows(operation: Exclude<Operation, KeyOperation>): boolean {
    return this.#decide(operation) !== undefined;
  }

  allowsKey(operation: KeyOperation, keyId: string, algorithm?: AlgorithmName): boolean {
    return this.#decide(operation, keyId, algorithm) !== undefined;
  }

  allowsAllKeys(operation: KeyOperation): boolean {
    return this.#rules.some((rule) => rule.operations.has(operation) && rule.isForAllKeys);
  }

  showsKey(keyId: string, algorithm?: AlgorithmName): boolean {
    return this.#rulesOfKey(keyId).some((rule) => rule.isOnKeys && rule.fitsAlgorithm(algorithm));
  }

  count(operation: Operation, keyId?: string, algorithm?: AlgorithmName): number {
    const rule = this.#decide(operation, keyId, algorithm);
    return rule === undefined ? 0 : this.#rates.take(rule.index);
  }

  /** Finds the first rule that allows a request. */
  #decide(
    operation: Operation,
    keyId?: string,
    algorithm?: AlgorithmName,
  ): CompiledRule | undefined {
    const rules = keyId === undefined ? this.#rules : this.#rulesOfKey(keyId);
    return rules.find((rule) => rule.operations.has(operation) && rule.fitsAlgorithm(algorithm));
  }

  #rulesOfKey(keyId: string): readonly CompiledRule[] {
    const known = this.#byKey.get(keyId);
    if (known !== undefined) return known;
    if (keyId.length > MAX_KEY_ID_LENGTH) return [];
    const rules = this.#rules.filter((rule) => rule.fitsKey(keyId));
    if (this.#byKey.size >= MAX_REMEMBERED_KEYS) this.#byKey.clear();
    this.#byKey.set(keyId, rules);
    return rules;
  }
}
