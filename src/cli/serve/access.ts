/** Access control of a server: its options and its policy. @module */
import { type AccessPolicy, RateLimits, type RefusalReport } from "../../access/mod.ts";
import { errorReports, type Logger } from "../../telemetry/mod.ts";
import { readRulesFile, readTokenFile } from "../access_files.ts";

/** The options of `serve` for access control. */
export interface ServeAccessOptions {
  /** A file of the tokens that callers present. */
  readonly tokens?: string;
  /** A file of rules. */
  readonly rules?: string;
  /** False to serve no reflection. */
  readonly reflection: boolean;
  readonly allowInsecureKeyFiles?: boolean;
}

/**
 * Reads the files of tokens and rules; undefined when no option names one.
 *
 * @throws {CryptoError | AccessError} for a file that cannot be used
 */
export async function loadPolicy(options: ServeAccessOptions): Promise<AccessPolicy | undefined> {
  const { tokens: tokenFile, rules: rulesFile, allowInsecureKeyFiles } = options;
  if (tokenFile === undefined && rulesFile === undefined) return undefined;
  const tokens = tokenFile === undefined
    ? undefined
    : await readTokenFile(tokenFile, allowInsecureKeyFiles);
  const rules = rulesFile === undefined
    ? undefined
    : await readRulesFile(rulesFile, allowInsecureKeyFiles);
  return { tokens, rules, rates: RateLimits.memory(rules ?? []) };
}

/** Returns a report of refused calls: warnings at a bounded rate, also of each peer. */
export function refusalReports(log: Logger): RefusalReport {
  const report = errorReports(log, undefined, "warn");
  return (refusal, peerIdentity) => report("A call was refused", refusal, peerIdentity);
}

/** Returns the numbers of tokens and rules for the log. */
export function countsOf(policy: AccessPolicy | undefined): Record<string, number> {
  const { tokens, rules } = policy ?? {};
  return {
    ...(tokens === undefined ? {} : { tokens: tokens.length }),
    ...(rules === undefined ? {} : { rules: rules.length }),
  };
}
