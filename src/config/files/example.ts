/** The commented example of a configuration file, generated from a table. @module */
import {
  type ConfigOption,
  describe,
  keyOf,
  type Kind,
  type OptionTable,
  sectionOf,
  type Sections,
  yamlValue,
} from "../mod.ts";

/** 96 characters of a comment line, with its indentation. */
const WIDTH = 96;

/**
 * Writes a file with every option of a table as a comment: with its default, or else with an example. Lines of options
 * begin with `#` and no space, and other comments with `# `.
 */
export function exampleFile(table: OptionTable, sections: Sections, head: string): string {
  const lines = comment(head, "");
  const names = [...new Set(Object.values(table).map(sectionOf))];
  for (const name of names) {
    lines.push("", ...comment(sections[name].about, ""), `${name}:`);
    for (const option of Object.values(table)) {
      if (sectionOf(option) === name) lines.push(...optionLines(option));
    }
  }
  return `${lines.join("\n")}\n`;
}

function optionLines(option: ConfigOption): string[] {
  const { repeatable, unset, kind, reloadable } = option;
  const value = option.default ?? (repeatable ? [exampleOf(option)] : exampleOf(option));
  const notes = [
    describe(option),
    ...kind.choices === undefined || isSwitch(kind) ? [] : [`one of ${kind.choices.join(", ")}`],
    ...unset === undefined ? [] : [`default: ${unset}`],
    ...repeatable ? ["a value or a list"] : [],
    ...reloadable ? ["reload"] : [],
  ];
  return [
    ...comment(`${notes.join("; ")}.`, "  "),
    `  #${keyOf(option)}: ${yamlValue(option, value)}`,
  ];
}

function isSwitch({ schema }: Kind): boolean {
  return schema.type === "boolean";
}

/** Returns an example of a value, for an option without a default. */
function exampleOf({ kind, example }: ConfigOption): unknown {
  const { schema, choices } = kind;
  // A switch without a default is off.
  if (schema.type === "boolean") return false;
  if (schema.type === "integer") return schema.minimum;
  const text = example ?? schema.examples?.[0] ?? choices?.[0];
  if (text === undefined) throw new TypeError("An option without a default needs an example");
  return kind.parse(text);
}

/** Wraps a text into comment lines. */
function comment(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && indent.length + 2 + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line].map((each) => `${indent}# ${each}`);
}
