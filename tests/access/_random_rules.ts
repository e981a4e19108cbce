/** Random rules, callers and requests, and an evaluator of rules that is as plain as their description. @module */
import type { Operation, Rule, Subject } from "../../src/access/mod.ts";
import type { AlgorithmName } from "../../src/crypto/mod.ts";
import type { Caller } from "../../src/grpc/mod.ts";

/** A generator of numbers from 0 to 1 (mulberry32), so that a failure can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const allOperations = ["sign", "verify", "public-key", "list", "info", "echo", "pipeline"] as const;
const algorithms = ["ECDSA_SHA_256", "ECDSA_SHA_384", "ED25519"] as const;
// A small alphabet, so that patterns and texts meet.
const alphabet = ["a", "b", "/", "."];

/** Makes random values of a generator. */
export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  some<T>(values: readonly T[], from = 1): T[] {
    const taken = values.filter(() => this.#random() < 0.5);
    return taken.length >= from ? taken : [this.one(values)];
  }

  maybe<T>(make: () => T): T | undefined {
    return this.#random() < 0.5 ? make() : undefined;
  }

  text(max = 4): string {
    return Array.from({ length: 1 + this.below(max) }, () => this.one(alphabet)).join("");
  }

  pattern(max = 4): string {
    const parts = [...alphabet, "*", "**", "*"];
    return Array.from({ length: 1 + this.below(max) }, () => this.one(parts)).join("");
  }

  subject(): Subject {
    if (this.below(8) === 0) return { anyone: true };
    const all: Subject = {
      token: this.pattern(),
      spiffe: this.pattern(),
      uri: this.pattern(),
      dns: this.pattern(),
      subject: this.pattern(),
      cid: this.below(3),
      uid: this.below(3),
      gid: this.below(3),
    };
    const names = Object.keys(all) as (keyof Subject)[];
    const taken = new Set([this.one(names), ...this.below(3) === 0 ? [this.one(names)] : []]);
    return Object.fromEntries([...taken].map((name) => [name, all[name]]));
  }

  rule(): Rule {
    return {
      name: undefined,
      line: 1 + this.below(1000),
      who: Array.from({ length: 1 + this.below(3) }, () => this.subject()),
      keys: Array.from({ length: this.below(4) }, () => this.pattern()),
      operations: this.some(allOperations),
      algorithms: this.maybe(() => this.some(algorithms)),
      rate: undefined,
    };
  }

  caller(): Caller {
    const spiffeId = this.maybe(() => this.text());
    const peers: Caller["peer"][] = [
      { transport: "vsock", cid: this.below(3), port: 1 },
      { transport: "unix", pid: 1, uid: this.below(3), gid: this.below(3) },
      { transport: "tcp", host: "127.0.0.1", port: 1 },
      { transport: "unknown" },
    ];
    return {
      peer: this.one(peers),
      token: this.maybe(() => this.text()),
      certificate: this.maybe(() => ({
        subject: this.text(),
        dnsNames: [this.text(), this.text()].slice(this.below(3)),
        uris: spiffeId === undefined ? [this.text(), this.text()].slice(this.below(3)) : [spiffeId],
        spiffeId,
      })),
    };
  }

  request(): { operation: Operation; key: string | undefined; algorithm?: AlgorithmName } {
    const operation = this.one(allOperations);
    if (!onKeys.has(operation)) return { operation, key: undefined };
    const algorithm = operation === "public-key"
      ? undefined
      : this.maybe(() => this.one(algorithms));
    return { operation, key: this.text(), ...(algorithm && { algorithm }) };
  }
}

const onKeys: ReadonlySet<Operation> = new Set<Operation>(["sign", "verify", "public-key"]);

/** Reports whether a pattern matches, by a regular expression. */
export function matchesPlainly(pattern: string, text: string, separator = "/"): boolean {
  const source = pattern.split(/(\*+)/).map((part) => {
    if (part === "*") return `[^${separator}]*`;
    if (part.startsWith("*")) return ".*";
    return part.replaceAll(/[.^$+?()[\]{}|\\/]/g, "\\$&");
  }).join("");
  return new RegExp(`^${source}$`, "s").test(text);
}

/** Finds the rule that allows a request: the first that is for the caller, the operation, the key and the algorithm. */
export function decidePlainly(
  rules: readonly Rule[],
  { peer, token, certificate }: Caller,
  { operation, key, algorithm }: ReturnType<Chance["request"]>,
): number {
  return rules.findIndex((rule) => {
    const isForCaller = rule.who.some((who) => {
      if (who.anyone) return true;
      const values = {
        token: token === undefined ? [] : [token],
        spiffe: certificate?.spiffeId === undefined ? [] : [certificate.spiffeId],
        uri: certificate?.uris ?? [],
        dns: certificate?.dnsNames ?? [],
        subject: certificate === undefined ? [] : [certificate.subject],
        cid: peer.transport === "vsock" ? [peer.cid] : [],
        uid: peer.transport === "unix" ? [peer.uid] : [],
        gid: peer.transport === "unix" ? [peer.gid] : [],
      } as Record<string, readonly (string | number)[]>;
      return Object.entries(who).every(([name, wanted]) =>
        values[name]!.some((value) =>
          typeof value === "number"
            ? value === wanted
            : matchesPlainly(String(wanted), value, name === "dns" ? "." : "/")
        )
      );
    });
    const isForKey = key === undefined || rule.keys.some((each) => matchesPlainly(each, key));
    const isForAlgorithm = algorithm === undefined || rule.algorithms === undefined ||
      rule.algorithms.includes(algorithm);
    return isForCaller && rule.operations.includes(operation) && isForKey && isForAlgorithm;
  });
}
