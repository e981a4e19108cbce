/** Options in environment variables. @module */
import { nearest } from "../spelling/mod.ts";
import { ConfigError } from "./error.ts";
import { describeBadValue, type Given, parseText, type Reading } from "./given.ts";
import type { ConfigOption, OptionTable } from "./option.ts";

/**
 * Returns the variable of an option: the prefix and the flag, in capitals with `_` between the words. The switch
 * `--no-reflection` is the variable of `reflection`.
 */
export function variableOf({ flag }: ConfigOption, prefix: string): string {
  return prefix + flag.replace(/^--(no-)?/, "").replaceAll("-", "_").toUpperCase();
}

/**
 * Reads the options of a table from the variables of a prefix. A list has commas between its items. An empty variable
 * counts as unset.
 */
export function readEnvironment(
  table: OptionTable,
  prefix: string,
  environment: Readonly<Record<string, string>>,
): Reading {
  const given = new Map<string, Given>();
  const problems: string[] = [];
  const options = new Map(
    Object.entries(table).map(([name, option]) => [variableOf(option, prefix), { name, option }]),
  );
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || text === "") continue;
    const found = options.get(variable);
    if (found === undefined) {
      const words = [...options.keys()].map((name) => name.slice(prefix.length));
      const near = nearest(variable.slice(prefix.length), words);
      const advice = near === undefined ? "remove it" : `did you mean ${prefix}${near}?`;
      problems.push(`${variable} is not the variable of an option: ${advice}`);
      continue;
    }
    const { name, option } = found;
    const texts = option.repeatable ? text.split(",").map((item) => item.trim()) : [text];
    const values = texts.flatMap((item) => {
      try {
        return [parseText(option, item)];
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        problems.push(describeBadValue(option, variable, item, error.message));
        return [];
      }
    });
    given.set(name, {
      value: option.repeatable ? values : values[0],
      source: { from: "environment", variable },
    });
  }
  return { given, problems };
}
