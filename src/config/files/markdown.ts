/** The reference of a table's options in Markdown. @module */
import {
  type ConfigOption,
  describe,
  formatValue,
  type OptionTable,
  sectionOf,
  type Sections,
} from "../mod.ts";

/** Writes a heading, a sentence and a list of options for each section. */
export function markdownReference(table: OptionTable, sections: Sections): string {
  const names = [...new Set(Object.values(table).map(sectionOf))];
  return names.map((name) => {
    const options = Object.values(table).filter((option) => sectionOf(option) === name);
    return [
      `### ${sections[name].title}`,
      "",
      sections[name].about,
      "",
      ...options.map(item),
      "",
    ].join("\n");
  }).join("\n");
}

function item(option: ConfigOption): string {
  const { path, flag, kind, argument = kind.argument, repeatable, unset, reloadable } = option;
  const isSwitch = argument === "";
  const facts = [
    ...isSwitch ? [] : [kind.choices?.map((word) => `\`${word}\``).join(", ")],
    ...repeatable ? ["a value or a list"] : [],
    ...isSwitch
      ? [`default \`${option.default ?? false}\``]
      : option.default === undefined
      ? [unset === undefined ? undefined : `default: ${unset}`]
      : [`default \`${formatValue(option, option.default)}\``],
    ...reloadable ? ["reload"] : [],
  ].filter((fact) => fact !== undefined);
  const flags = isSwitch ? flag : `${flag} ${argument}`;
  const rest = facts.length > 0 ? ` (${facts.join("; ")})` : "";
  return `- \`${path}\`, \`${flags}\`: ${describe(option)}${rest}.`;
}
