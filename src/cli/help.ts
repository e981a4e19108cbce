/** The texts and the form of the help of commands. @module */
import type { Argument, Command, HelpConfiguration, Option } from "commander";

/**
 * Formats example command lines for the top of a command's help:
 * `command.addHelpText("before", examples(…))`.
 */
export function examples(...lines: string[]): string {
  return ["EXAMPLES", ...lines.map((line) => `  ${line}`), ""].join("\n");
}

/** The form of the help of every command: usage lines without aliases, and notes in one form. */
export const helpFormat: HelpConfiguration = {
  commandUsage: (command) => `${pathOf(command)} ${command.usage()}`,
  subcommandTerm: (command) =>
    [command.name(), ...command.usage().split(/\[options.*?\]|\[command\]/)]
      .map((part) => part.trim()).filter((part) => part !== "").join(" "),
  optionDescription: (option) =>
    withNotes(option, option.required || option.optional ? option.defaultValue : undefined),
  argumentDescription: (argument) => withNotes(argument, argument.defaultValue),
};

/**
 * Returns a description with its notes at the end, in one form: `file to read; repeatable (choices: a, b; env: NAME;
 * default: a)`. Descriptions themselves have notes of the last two kinds.
 */
function withNotes(
  { description, argChoices, defaultValueDescription }: Option | Argument,
  defaultValue: unknown,
): string {
  const notes: string[] = argChoices === undefined ? [] : [`choices: ${argChoices.join(", ")}`];
  const text = description.replaceAll(/ \(((?:env|default): [^()]*)\)/g, (_, note: string) => {
    notes.push(note);
    return "";
  });
  if (defaultValue !== undefined) {
    notes.push(`default: ${defaultValueDescription ?? String(defaultValue)}`);
  }
  const noted = notes.length === 0 ? [] : [`(${notes.join("; ")})`];
  return [...text === "" ? [] : [text], ...noted].join(" ");
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
