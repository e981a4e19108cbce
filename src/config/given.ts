/** Values of options with their sources, and the order of the sources. @module */
import { badValue } from "./error.ts";
import type { ConfigOption, OptionTable, ValuesOf } from "./option.ts";

/** The source of a value. */
export type Source =
  | { readonly from: "flag"; readonly flag: string }
  | { readonly from: "environment"; readonly variable: string }
  | {
    readonly from: "file";
    readonly file: string;
    readonly line: number;
    readonly column: number;
  }
  | { readonly from: "default" };

/** A value of an option, and its source. */
export interface Given {
  readonly value: unknown;
  readonly source: Source;
}

/** Values of a table's options by the names of their properties. */
export type GivenValues = ReadonlyMap<string, Given>;

/** Values of one or several sources, and the problems of values that cannot be used. */
export interface Reading {
  readonly given: GivenValues;
  /** Sentences, each with its place. */
  readonly problems: readonly string[];
}

/**
 * Merges the values of several sources, the strongest first. A value replaces those of weaker sources, lists included,
 * and also their values of the options that its option `replaces`.
 */
export function merge(table: OptionTable, sources: readonly GivenValues[]): GivenValues {
  const merged = new Map<string, Given>();
  const settled = new Set<string>();
  for (const source of sources) {
    const names = [...source.keys()].filter((name) => !settled.has(name));
    for (const name of names) merged.set(name, source.get(name)!);
    for (const name of names) {
      settled.add(name);
      for (const other of table[name].replaces ?? []) settled.add(other);
    }
  }
  return merged;
}

/** Returns the values of all options of a table: given values, and else defaults. */
export function withDefaults<T extends OptionTable>(table: T, given: GivenValues): ValuesOf<T> {
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const value = given.has(name) ? given.get(name)!.value : option.default;
    if (value !== undefined) values[name] = value;
  }
  return values as ValuesOf<T>;
}

/** Formats a source for people, such as `/etc/signer/config.yaml:3:5`. */
export function formatSource(source: Source): string {
  switch (source.from) {
    case "flag":
      return source.flag;
    case "environment":
      return source.variable;
    case "file":
      return `${source.file}:${source.line}:${source.column}`;
    case "default":
      return "default";
  }
}

/** Formats a value of an option as text, or as a list of texts. Secrets are replaced by a word. */
export function formatValue(option: ConfigOption, value: unknown): string | string[] {
  const one = (item: unknown) => option.secret ? "REDACTED" : option.kind.format(item);
  return option.repeatable ? (value as unknown[]).map(one) : one(value);
}

/**
 * Parses the text of a value that stands outside of the command line.
 *
 * @throws {ConfigError} `BAD_VALUE`
 */
export function parseText({ kind }: ConfigOption, text: string): unknown {
  if (text === "") throw badValue("Write a value, or leave it out.");
  return kind.parse(text);
}

/** Returns a sentence about a text that is no value of an option. */
export function describeBadValue(
  option: ConfigOption,
  name: string,
  text: string,
  allowed: string,
): string {
  const shown = option.secret ? "cannot be used" : `is ${JSON.stringify(text)}`;
  return `${name} ${shown}: ${allowed.charAt(0).toLowerCase()}${
    allowed.slice(1).replace(/\.$/, "")
  }`;
}
