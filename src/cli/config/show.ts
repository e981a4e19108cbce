/** The values of a configuration, with their sources. @module */
import {
  formatSource,
  formatValue,
  type GivenValues,
  keyOf,
  type OptionTable,
  sectionOf,
  type Source,
  yamlValue,
} from "../../config/mod.ts";

/** Formats the values of a table's options as YAML, with the sources in comments, or as JSON. */
export function showValues(
  table: OptionTable,
  given: GivenValues,
  { json }: { readonly json: boolean },
): string {
  const shown = Object.entries(table).flatMap(([name, option]) => {
    const { value = option.default, source = { from: "default" } as Source } = given.get(name) ??
      {};
    return value === undefined ? [] : [{ option, value, source: formatSource(source) }];
  });
  if (json) {
    const entries = shown.map(({ option, value, source }) => [
      option.path,
      { value: formatValue(option, value), source },
    ]);
    return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
  }
  const lines: string[] = [];
  let section = "";
  for (const { option, value, source } of shown) {
    if (sectionOf(option) !== section) lines.push(`${section = sectionOf(option)}:`);
    const indent = section === "" ? "" : "  ";
    lines.push(
      `${`${indent}${keyOf(option)}: ${yamlValue(option, value)}`.padEnd(COLUMN)} # ${source}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** 39: the column of the sources, beside most values. */
const COLUMN = 39;
