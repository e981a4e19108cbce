/** The candidates for the word at the cursor, from the command tree. @module */
import type { Command, Option } from "commander";

/** A word that completes the word at the cursor. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/**
 * Lists the candidates for the last of `words`, which may be empty.
 *
 * @param words the words after the name of the program, up to the cursor
 * @returns no candidates where any text may stand; the shell then offers file names
 */
export function candidates(program: Command, words: readonly string[]): Candidate[] {
  const { command, pending } = walk(program, words.slice(0, -1));
  const current = words.at(-1) ?? "";
  if (pending) return matching(valuesOf(pending), current);

  const [flag, value] = splitAssignment(current);
  if (value !== undefined) {
    const option = findOption(command, flag);
    const values = option ? matching(valuesOf(option), value) : [];
    return values.map((found) => ({ ...found, value: `${flag}=${found.value}` }));
  }
  if (current.startsWith("-")) return matching(optionsOf(command), current);
  return matching([...subcommandsOf(command), ...argumentsOf(command)], current);
}

/** Finds the command of the words, and the option whose value comes next. */
function walk(
  program: Command,
  words: readonly string[],
): { command: Command; pending: Option | undefined } {
  let command = program;
  let pending: Option | undefined;
  for (const word of words) {
    // Bash splits `--type=x` into three words.
    if (word === "=") continue;
    if (pending) {
      pending = undefined;
    } else if (word.startsWith("-")) {
      const option = findOption(command, word);
      if (option?.required || option?.optional) pending = option;
    } else {
      command = command.commands.find((found) => names(found).includes(word)) ?? command;
    }
  }
  return { command, pending };
}

/** Splits `--flag=value`; the value is undefined when there is no `=`. */
function splitAssignment(word: string): [flag: string, value: string | undefined] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** The options of a command and of its parents, which also work after a subcommand. */
function inScope(command: Command): readonly Option[] {
  const options: Option[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) {
    options.push(...at.createHelp().visibleOptions(at));
  }
  return options;
}

function findOption(command: Command, flag: string): Option | undefined {
  return inScope(command).find(({ long, short }) => flag === long || flag === short);
}

function valuesOf(option: Option): Candidate[] {
  return (option.argChoices ?? []).map((value) => ({ value, description: "" }));
}

function optionsOf(command: Command): Candidate[] {
  return inScope(command).map((option) => ({
    value: option.long ?? option.short ?? "",
    description: option.description,
  }));
}

function subcommandsOf(command: Command): Candidate[] {
  return command.createHelp().visibleCommands(command).map((found) => ({
    value: found.name(),
    description: found.summary() || found.description(),
  }));
}

function argumentsOf(command: Command): Candidate[] {
  return command.registeredArguments.flatMap((argument) =>
    (argument.argChoices ?? []).map((value) => ({ value, description: "" }))
  );
}

/** The candidates that begin with the typed text, without duplicates. */
function matching(all: readonly Candidate[], typed: string): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const candidate of all) {
    if (candidate.value.startsWith(typed) && !found.has(candidate.value)) {
      found.set(candidate.value, candidate);
    }
  }
  return [...found.values()];
}

function names(command: Command): string[] {
  return [command.name(), ...command.aliases()];
}
