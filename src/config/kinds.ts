/**
 * The kinds of values that options have. A kind is the same for a flag, an environment variable and a file: text is
 * parsed by one function, and one description says which values a file may have.
 *
 * @module
 */
import { filePath, resolvePath } from "./paths.ts";
import { formatDuration, parseDuration, parseTimeLimit, parseTimeLimitOrOff } from "./duration.ts";
import { badValue } from "./error.ts";
import { formatSize, parseSize } from "./size.ts";
import { wholeNumber } from "./whole_number.ts";

/** A kind of values. */
export interface Kind<T = unknown> {
  /** The name of the value in help, such as `<size>`; empty for a switch, which has no value on the command line. */
  readonly argument: string;
  /**
   * Parses the text of a value.
   *
   * @throws {ConfigError} `BAD_VALUE` with a sentence about the allowed values
   */
  parse(text: string): T;
  /** Formats a value so that `parse()` reads it. */
  format(value: T): string;
  /** The values, where they are few. */
  readonly choices?: readonly string[];
  /** The paths in values that name files or folders. */
  readonly paths?: {
    of(value: T): string;
    /** Takes a relative path in a value as one from a folder. */
    resolve(value: T, folder: string): T;
  };
  /** The form of the values in files, as JSON Schema has it. */
  readonly schema: ValueSchema;
}

/** The part of JSON Schema that values of options need. */
export type ValueSchema =
  | { readonly type: "boolean" }
  | { readonly type: "integer"; readonly minimum: number; readonly maximum: number }
  | {
    readonly type: "string";
    readonly pattern?: string;
    readonly enum?: readonly string[];
    readonly examples?: readonly string[];
  };

/** A switch: `--pin` and `--no-pin`, `true` and `false` elsewhere. */
export const flag: Kind<boolean> = {
  argument: "",
  parse(text) {
    if (text === "true") return true;
    if (text === "false") return false;
    throw badValue("Use true or false.");
  },
  format: String,
  choices: ["true", "false"],
  schema: { type: "boolean" },
};

/** Text, such as a file name or an address, that is read by its user. */
export function text(argument: string, ...examples: readonly string[]): Kind<string> {
  return {
    argument,
    parse: (value) => value,
    format: (value) => value,
    schema: { type: "string", ...(examples.length > 0 ? { examples } : {}) },
  };
}

/** The path of a file, or `credential:NAME`, a file that systemd passes to a service. */
export const file: Kind<string> = {
  ...text("<file>"),
  parse: (value) => filePath(value),
  paths: { of: (path) => path, resolve: resolvePath },
};

/** The path of a folder. */
export const folder: Kind<string> = { ...file, argument: "<dir>" };

/** One of several words. */
export function choice<const T extends string>(argument: string, words: readonly T[]): Kind<T> {
  return {
    argument,
    parse(value) {
      if (words.includes(value as T)) return value as T;
      throw badValue(`Allowed choices are ${words.join(", ")}.`);
    },
    format: (value) => value,
    choices: words,
    schema: { type: "string", enum: words },
  };
}

/** A whole number. */
export function count(minimum: number, maximum: number): Kind<number> {
  return {
    argument: "<n>",
    parse: wholeNumber(minimum, maximum),
    format: String,
    schema: { type: "integer", minimum, maximum },
  };
}

/** A number of bytes. */
export const size: Kind<number> = {
  argument: "<size>",
  parse: parseSize,
  format: formatSize,
  schema: { type: "string", pattern: "^[0-9]{1,10}(KiB|MiB|GiB)?$", examples: ["64KiB", "16MiB"] },
};

const NUMBER = "[0-9]{1,10}(\\.[0-9]{1,6})?(ms|s|m|h)";

/** A time in milliseconds, which may be 0. */
export const duration: Kind<number> = {
  argument: "<duration>",
  parse: parseDuration,
  format: formatDuration,
  schema: { type: "string", pattern: `^${NUMBER}$`, examples: ["500ms", "30s"] },
};

/** A time above 0 in milliseconds. */
export const timeLimit: Kind<number> = { ...duration, parse: parseTimeLimit };

/** A time above 0 in milliseconds, or `off`, which is `Infinity`. */
export const timeLimitOrOff: Kind<number> = {
  argument: "<duration>",
  parse: parseTimeLimitOrOff,
  format: (ms) => ms === Infinity ? "off" : formatDuration(ms),
  schema: { type: "string", pattern: `^(${NUMBER}|off)$`, examples: ["30s", "off"] },
};
