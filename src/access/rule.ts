/** Rules: which callers may do what with which keys. @module */
import type { AlgorithmName } from "../crypto/algorithms/mod.ts";
import type { Caller } from "../grpc/mod.ts";
import { Glob } from "./glob.ts";
import { keyOperations, type Operation } from "./operations.ts";

/**
 * A description of callers. A caller fits when it has every property that is given. Texts are patterns (`Glob`).
 * There is no property for addresses, because they prove nothing.
 */
export interface Subject {
  /** Any caller. */
  readonly anyone?: true;
  readonly token?: string;
  readonly spiffe?: string;
  readonly uri?: string;
  readonly dns?: string;
  readonly subject?: string;
  readonly cid?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** A number of requests in a time, as a token bucket has it. */
export interface Rate {
  readonly perSecond: number;
  /** Requests that may come at once. */
  readonly burst: number;
}

/** A rule of the file. It holds plain data, which can be posted to other threads. */
export interface Rule {
  readonly name: string | undefined;
  /** The line of the file on which it begins. */
  readonly line: number;
  /** Callers; one that fits is enough. */
  readonly who: readonly Subject[];
  /** Patterns of key ids. */
  readonly keys: readonly string[];
  readonly operations: readonly Operation[];
  /** Undefined for all. */
  readonly algorithms: readonly AlgorithmName[] | undefined;
  readonly rate: Rate | undefined;
}

/** A rule that is ready to be matched. */
export class CompiledRule {
  readonly rule: Rule;
  /** Its place in the file. */
  readonly index: number;
  readonly operations: ReadonlySet<Operation>;
  readonly #who: readonly ((caller: Caller) => boolean)[];
  readonly #keys: readonly Glob[];
  readonly #algorithms: ReadonlySet<AlgorithmName> | undefined;

  constructor(rule: Rule, index: number) {
    this.rule = rule;
    this.index = index;
    this.operations = new Set(rule.operations);
    this.#who = rule.who.map(matcher);
    this.#keys = rule.keys.map((pattern) => new Glob(pattern));
    this.#algorithms = rule.algorithms && new Set(rule.algorithms);
  }

  fitsCaller(caller: Caller): boolean {
    return this.#who.some((fits) => fits(caller));
  }

  fitsKey(keyId: string): boolean {
    return this.#keys.some((glob) => glob.matches(keyId));
  }

  fitsAlgorithm(algorithm: AlgorithmName | undefined): boolean {
    return algorithm === undefined || this.#algorithms === undefined ||
      this.#algorithms.has(algorithm);
  }

  /** True when the rule allows an operation on keys. */
  get isOnKeys(): boolean {
    return keyOperations.some((operation) => this.operations.has(operation));
  }

  /** True when the rule is for every key that there may be. */
  get isForAllKeys(): boolean {
    return this.#keys.some(({ pattern }) => pattern === "**");
  }
}

/** The separator of segments in the values of a property. */
export function separatorOf(property: keyof Subject): string {
  return property === "dns" ? "." : "/";
}

function matcher(subject: Subject): (caller: Caller) => boolean {
  const tests: ((caller: Caller) => boolean)[] = [];
  const add = (property: keyof Subject, values: (caller: Caller) => readonly string[]) => {
    const pattern = subject[property];
    if (typeof pattern !== "string") return;
    const glob = new Glob(pattern, separatorOf(property));
    tests.push((caller) => values(caller).some((value) => glob.matches(value)));
  };
  const optional = (value: string | undefined) => value ? [value] : [];
  add("token", ({ token }) => optional(token));
  add("spiffe", ({ certificate }) => optional(certificate?.spiffeId));
  add("uri", ({ certificate }) => certificate?.uris ?? []);
  add("dns", ({ certificate }) => certificate?.dnsNames ?? []);
  add("subject", ({ certificate }) => optional(certificate?.subject));
  const { cid, uid, gid } = subject;
  if (cid !== undefined) {
    tests.push(({ peer }) => peer.transport === "vsock" && peer.cid === cid);
  }
  if (uid !== undefined) tests.push(({ peer }) => peer.transport === "unix" && peer.uid === uid);
  if (gid !== undefined) tests.push(({ peer }) => peer.transport === "unix" && peer.gid === gid);
  return (caller) => tests.every((fits) => fits(caller));
}
