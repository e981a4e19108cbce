/** Errors of configuration. @module */
import type { ErrorCodes, LayerError } from "../errors/mod.ts";

/** A value, a file or an environment that cannot be used as configuration. */
export class ConfigError extends Error implements LayerError<"config"> {
  override readonly name = "ConfigError";
  readonly layer = "config";
  readonly code: ErrorCodes["config"];
  /** All problems, a line each; the message is their list. */
  readonly problems: readonly string[];

  constructor(
    code: ErrorCodes["config"],
    problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(problems.join("\n"), options);
    this.code = code;
    this.problems = problems;
  }
}

/** Creates the error of a text that is no value of an option. The message says which values are allowed. */
export function badValue(allowed: string): ConfigError {
  return new ConfigError("BAD_VALUE", [allowed]);
}
