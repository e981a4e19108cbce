/** `signer access check`. @module */
import { type AskedRequest, explain, findFaults, type RuleAnswer } from "../../access/check/mod.ts";
import { keyOperations, type Operation, type Rule } from "../../access/mod.ts";
import type { AlgorithmName } from "../../crypto/mod.ts";
import { readRulesFile, readTokenFile } from "../access_files.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { keysIn } from "../key_folder.ts";
import { writeResult } from "../output.ts";
import { callerAs } from "./caller_as.ts";

export interface CheckOptions {
  readonly as?: readonly string[];
  readonly key?: string;
  readonly operation?: Operation;
  readonly algorithm?: AlgorithmName;
  readonly tokens?: string;
  readonly keyDir?: string;
  readonly allowInsecureKeyFiles?: boolean;
}

/**
 * Finds rules without effect, or explains a decision.
 *
 * @throws {CliError} exit code 1 for rules without effect, and for a request that is denied
 */
export async function check(file: string, options: CheckOptions): Promise<void> {
  const { as, key, operation, algorithm, tokens: tokenFile, keyDir, allowInsecureKeyFiles } =
    options;
  if (as === undefined && (key ?? operation ?? algorithm) !== undefined) {
    throw usageError(
      "--key, --operation and --algorithm need a caller",
      "Name it: --as token=NAME, or --as uid=1000",
    );
  }
  const rules = await readRulesFile(file, allowInsecureKeyFiles);
  const tokens = tokenFile === undefined
    ? undefined
    : await readTokenFile(tokenFile, allowInsecureKeyFiles);
  if (as !== undefined) return explainDecision(file, rules, as, requestOf(options));
  const keyIds = keyDir === undefined ? undefined : keysIn(keyDir).map(({ id }) => id);
  const faults = findFaults(rules, tokens, keyIds);
  if (faults.length === 0) {
    return writeResult(`${file}: ${plural(rules.length, "rule")}, no faults found\n`);
  }
  writeResult(faults.map(({ line, message }) => `${file}:${line}: ${message}\n`).join(""));
  throw new CliError(ExitCode.failed, `${plural(faults.length, "fault")} in ${file}`);
}

function requestOf({ key, operation = "sign", algorithm }: CheckOptions): AskedRequest {
  const isOnKey = keyOperations.includes(operation as typeof keyOperations[number]);
  if (isOnKey && key === undefined) {
    throw usageError(`${operation} needs a key`, "Name it with --key");
  }
  if (!isOnKey && (key ?? algorithm) !== undefined) {
    throw usageError(`${operation} is on no key`, "Leave --key and --algorithm out");
  }
  return { operation, key, algorithm };
}

function explainDecision(
  file: string,
  rules: readonly Rule[],
  as: readonly string[],
  request: AskedRequest,
): void {
  const answers = explain(rules, callerAs(as), request);
  const lines = answers.map((answer) => `${file}:${answer.rule.line}: ${wordsOf(answer)}\n`);
  const isAllowed = answers.at(-1)?.mismatch === undefined && answers.length > 0;
  writeResult([...lines, isAllowed ? "allowed\n" : "denied\n"].join(""));
  if (!isAllowed) throw new CliError(ExitCode.failed, "No rule allows it");
}

function wordsOf({ rule, mismatch }: RuleAnswer): string {
  const name = rule.name === undefined ? "" : ` (${rule.name})`;
  if (mismatch !== undefined) return `no${name}: not for this ${mismatch}`;
  const limits = [
    ...(rule.algorithms === undefined ? [] : [`with ${rule.algorithms.join(", ")}`]),
    ...(rule.rate === undefined ? [] : [`${rule.rate.perSecond}/s, ${rule.rate.burst} at once`]),
  ];
  return `yes${name}${limits.length > 0 ? `: ${limits.join("; ")}` : ""}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
