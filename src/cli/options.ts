/** Options of a table on the command line. @module */
import { type Command, Option } from "commander";
import {
  type ConfigOption,
  type Given,
  type GivenValues,
  isSwitch,
  oppositeOf,
  type OptionTable,
  sectionOf,
  type Sections,
} from "../config/mod.ts";

/** Adds the options of a table to a command, grouped by their sections, if some are given. */
export function addOptions(command: Command, table: OptionTable, sections?: Sections): Command {
  for (const option of Object.values(table)) {
    const added = [commandOption(option)];
    // The opposite takes back a switch of the environment or a file.
    if (isSwitch(option)) added.push(new Option(oppositeOf(option.flag), option.help).hideHelp());
    for (const each of added) {
      // Groups are listed in the order of all their options, hidden ones included.
      if (sections !== undefined) each.helpGroup(`${sections[sectionOf(option)].title}:`);
      command.addOption(each);
    }
  }
  return command;
}

/** The declaration of an option: by a command, with the name of its value there. */
interface Declaration {
  readonly command: Command;
  readonly attribute: string;
}

/** Finds the options of a table that a command and its parents declare. */
export function declaredOptions(
  command: Command,
  table: OptionTable,
): ReadonlyMap<string, Declaration> {
  const declared = new Map<string, Declaration>();
  for (let at: Command | null = command; at !== null; at = at.parent) {
    for (const [name, { flag }] of Object.entries(table)) {
      const option = at.options.find(({ long }) => long === flag);
      if (option === undefined || declared.has(name)) continue;
      declared.set(name, { command: at, attribute: option.attributeName() });
    }
  }
  return declared;
}

/** Returns the values that the flags of a command line give. */
export function flagsOf(command: Command, table: OptionTable): GivenValues {
  const given = new Map<string, Given>();
  for (const [name, { command: owner, attribute }] of declaredOptions(command, table)) {
    if (owner.getOptionValueSource(attribute) !== "cli") continue;
    const option = table[name];
    const value = owner.getOptionValue(attribute);
    const isOpposite = isSwitch(option) && value === option.flag.startsWith("--no-");
    const flag = isOpposite ? oppositeOf(option.flag) : option.flag;
    given.set(name, { value, source: { from: "flag", flag } });
  }
  return given;
}

function commandOption(option: ConfigOption): Option {
  const { short, kind, argument = kind.argument, help, repeatable = false, unset } = option;
  const flag = short === undefined ? option.flag : `${short}, ${option.flag}`;
  const description = [
    help,
    ...repeatable ? ["; repeatable"] : [],
    ...unset === undefined ? [] : [` (default: ${unset})`],
  ].join("");
  if (isSwitch(option)) return new Option(flag, description);
  const made = new Option(`${flag} ${argument}`, description);
  if (kind.choices !== undefined) made.choices(kind.choices);
  made.argParser<unknown>((text, previous) => {
    const value = kind.parse(text);
    return repeatable ? [...(previous ?? []) as unknown[], value] : value;
  });
  if (option.default === undefined) return made;
  return typeof option.default === "string"
    ? made.default(option.default)
    : made.default(option.default, kind.format(option.default));
}
