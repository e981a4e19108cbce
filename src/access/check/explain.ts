/** Explanations of what the rules decide. @module */
import type { AlgorithmName } from "../../crypto/algorithms/mod.ts";
import type { Caller } from "../../grpc/mod.ts";
import { CompiledRule, type Operation, type Rule } from "../mod.ts";

/** A request that the rules are asked about. */
export interface AskedRequest {
  readonly operation: Operation;
  /** Undefined for an operation that is on no key. */
  readonly key: string | undefined;
  readonly algorithm: AlgorithmName | undefined;
}

/** The answer of a rule to a request. */
export interface RuleAnswer {
  readonly rule: Rule;
  /** The first part of the request that the rule is not for; undefined when the rule allows it. */
  readonly mismatch: "caller" | "operation" | "key" | "algorithm" | undefined;
}

/** Explains a decision: the answer of each rule up to the first that allows the request. */
export function explain(
  rules: readonly Rule[],
  caller: Caller,
  request: AskedRequest,
): readonly RuleAnswer[] {
  const answers: RuleAnswer[] = [];
  for (const [index, rule] of rules.entries()) {
    const mismatch = mismatchOf(new CompiledRule(rule, index), caller, request);
    answers.push({ rule, mismatch });
    if (mismatch === undefined) break;
  }
  return answers;
}

function mismatchOf(
  rule: CompiledRule,
  caller: Caller,
  { operation, key, algorithm }: AskedRequest,
): RuleAnswer["mismatch"] {
  if (!rule.fitsCaller(caller)) return "caller";
  if (!rule.operations.has(operation)) return "operation";
  if (key !== undefined && !rule.fitsKey(key)) return "key";
  if (!rule.fitsAlgorithm(algorithm)) return "algorithm";
  return undefined;
}
