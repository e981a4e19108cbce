/** Faults of rules that can be found without a caller. @module */
import {
  Glob,
  keyOperations,
  type Operation,
  operations as allOperations,
  type Rule,
  type TokenEntry,
} from "../mod.ts";
import { ruleCovers } from "./coverage.ts";

/** A rule, or a part of one, that has no effect. */
export interface Finding {
  readonly line: number;
  readonly message: string;
}

const onKeys: ReadonlySet<Operation> = new Set(keyOperations);

/**
 * Finds rules that allow nothing, and rules that never decide because an earlier rule covers them. A rule that several
 * earlier ones cover together is not found.
 *
 * @param tokens the server's tokens, to find names that none has
 * @param keyIds ids of the server's keys, to find patterns that fit none
 */
export function findFaults(
  rules: readonly Rule[],
  tokens?: readonly TokenEntry[],
  keyIds?: readonly string[],
): Finding[] {
  return rules.flatMap((rule, index) => {
    const messages = [
      ...faultsOfKeys(rule, keyIds),
      ...faultsOfCallers(rule, tokens),
      ...faultsOfOrder(rule, rules.slice(0, index)),
    ];
    return messages.map((message) => ({ line: rule.line, message }));
  });
}

function* faultsOfKeys(
  { keys, operations, algorithms }: Rule,
  keyIds: readonly string[] | undefined,
): Generator<string> {
  for (const pattern of keyIds === undefined ? [] : keys) {
    const glob = new Glob(pattern);
    if (!keyIds!.some((id) => glob.matches(id))) yield `no key has the id ${pattern}`;
  }
  const named = operations.filter((operation) => onKeys.has(operation));
  if (named.length === 0) {
    if (keys.length > 0) yield `keys has no effect: ${operations.join(", ")} is on no key`;
    if (algorithms !== undefined) {
      yield `algorithms has no effect: ${operations.join(", ")} has none`;
    }
  } else if (keys.length === 0) {
    yield operations.length === allOperations.length
      ? "the rule allows nothing on keys: it names none"
      : `${named.join(", ")} is not allowed: the rule names no keys`;
  }
}

function* faultsOfCallers({ who }: Rule, tokens: readonly TokenEntry[] | undefined) {
  for (const { cid, uid, gid, token } of who) {
    if (cid !== undefined && (uid ?? gid) !== undefined) {
      yield "no caller fits: a connection is over vsock or a Unix socket, not over both";
    }
    if (token !== undefined && tokens !== undefined) {
      const glob = new Glob(token);
      if (!tokens.some(({ name }) => glob.matches(name))) yield `no token has the name ${token}`;
    }
  }
}

function* faultsOfOrder(rule: Rule, earlier: readonly Rule[]): Generator<string> {
  const isOnKeys = rule.operations.some((operation) => onKeys.has(operation));
  const cover = earlier.find((outer) => ruleCovers(outer, rule, isOnKeys));
  if (cover !== undefined) {
    yield `the rule never decides: the one on line ${cover.line} allows all that it does`;
  }
}
