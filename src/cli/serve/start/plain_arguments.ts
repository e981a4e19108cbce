/**
 * The reader of plain command lines of `serve`: options with values that can be parsed, as nearly all starts have. All
 * others, such as `--help` and wrong ones, are for commander. That takes, with the modules of Node.js that it loads,
 * 35 ms and 2 MB of a start.
 *
 * @module
 */
import {
  type Given,
  type GivenValues,
  isSwitch,
  oppositeOf,
  type OptionTable,
  switchValue,
} from "../../../config/mod.ts";

/** The options of a plain command line. */
export interface PlainArguments {
  readonly flags: GivenValues;
  /** The value of `--config`; false for `--no-config`. */
  readonly config: string | false | undefined;
}

/**
 * Reads the arguments after `serve`, to the same values as commander does.
 *
 * @returns undefined for arguments that commander has to read
 */
export function readPlainArguments(
  table: OptionTable,
  args: readonly string[],
): PlainArguments | undefined {
  const names = namesOf(table);
  const flags = new Map<string, Given>();
  let config: string | false | undefined;
  for (let at = 0; at < args.length; at++) {
    const [, flag = "", inline] = /^(--[a-z0-9-]+)(?:=(.*))?$/s.exec(args[at]) ?? [];
    const name = names.get(flag);
    const source = { from: "flag", flag } as const;
    if (flag === "--no-config" && inline === undefined) {
      config = false;
    } else if (name !== undefined && isSwitch(table[name])) {
      if (inline !== undefined) return undefined;
      flags.set(name, { value: switchValue(flag), source });
    } else if (name !== undefined || flag === "--config") {
      const text = inline ?? args[++at];
      // A word with a dash may be an option whose place was forgotten.
      if (text === undefined || (inline === undefined && text.startsWith("-"))) return undefined;
      if (name === undefined) {
        config = text;
        continue;
      }
      const value = parsed(table, name, text);
      if (value === undefined) return undefined;
      const before = table[name].repeatable ? flags.get(name)?.value ?? [] : undefined;
      flags.set(name, { value: before ? [...before as unknown[], value] : value, source });
    } else {
      return undefined;
    }
  }
  return { flags, config };
}

/** Returns the names of options by their flags, with the opposite flags of switches. */
function namesOf(table: OptionTable): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(table).flatMap(([name, option]) => {
      const flags = isSwitch(option) ? [option.flag, oppositeOf(option.flag)] : [option.flag];
      return flags.map((flag) => [flag, name] as const);
    }),
  );
}

/** Returns undefined for a text that is no value of the option. */
function parsed(table: OptionTable, name: string, text: string): unknown {
  try {
    return table[name].kind.parse(text);
  } catch {
    return undefined;
  }
}
