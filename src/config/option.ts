/** Tables of options, from which flags, environment variables and files are derived. @module */
import type { Kind } from "./kinds.ts";

/** An option: one entry of a table. Its key in the table is the name of the property with the value. */
export interface ConfigOption<T = unknown> {
  /** The flag, such as `--tls-cert`; `--no-reflection` for a switch that is on by default. */
  readonly flag: `--${string}`;
  /** A second, short form of the flag, such as `-v`. */
  readonly short?: `-${string}`;
  /** The place in a file, such as `tls.cert`, where the part before the dot is a section; or `deadline`. */
  readonly path: string;
  readonly kind: Kind<T>;
  /** The name of the value in help, where the kind's does not say enough. */
  readonly argument?: string;
  /**
   * The description in help and documentation, in lower case and without a full stop. That of a switch `--no-…` begins
   * with "do not".
   */
  readonly help: string;
  /** The text of a value for the example file, where neither the default nor the kind gives one. */
  readonly example?: string;
  /** True for an option that may be given several times; its value is a list. */
  readonly repeatable?: true;
  /** The value of an option that is not given, where there is one. */
  readonly default?: T;
  /** The effect of an option without a default that is not given, in words. */
  readonly unset?: string;
  /** True for a value that is never printed. */
  readonly secret?: true;
  /** Other options, whose values of weaker sources do not hold beside this one: a flag `--tcp` replaces all addresses. */
  readonly replaces?: readonly string[];
  /** True for an option whose new value takes effect when the configuration is read again, without a restart. */
  readonly reloadable?: true;
}

/** A section of a file, and the heading of its options in help. */
export interface Section {
  readonly title: string;
  /** A sentence for the documentation. */
  readonly about: string;
}

/** The options of a command by the names of their properties, in the order of the help. */
export type OptionTable = Readonly<Record<string, ConfigOption>>;

/** The sections of a table by their names. */
export type Sections = Readonly<Record<string, Section>>;

/** The value of an option. */
type ValueOf<O> = O extends { readonly kind: Kind<infer T> }
  ? O extends { readonly repeatable: true } ? readonly T[] : T
  : never;

/** The values of all options of a table. Options without a default may be undefined. */
export type ValuesOf<Table> =
  & {
    readonly [K in keyof Table as Table[K] extends { default: unknown } ? K : never]: ValueOf<
      Table[K]
    >;
  }
  & {
    readonly [K in keyof Table as Table[K] extends { default: unknown } ? never : K]?: ValueOf<
      Table[K]
    >;
  };

/** Returns the description of an option's key in a file, as a sentence without a full stop. */
export function describe({ help }: ConfigOption): string {
  const text = help.replace(/^do not /, "");
  // Names such as gRPC keep their form.
  return /^[a-z]([A-Z]|$)/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** Returns the name of the section of an option; empty for an option outside of sections. */
export function sectionOf({ path }: ConfigOption): string {
  return path.slice(0, Math.max(0, path.indexOf(".")));
}

/** Returns the key of an option in its section. */
export function keyOf({ path }: ConfigOption): string {
  return path.slice(path.indexOf(".") + 1);
}

/** Reports that an option is a switch, which has no value on a command line. */
export function isSwitch({ kind }: ConfigOption): boolean {
  return kind.argument === "";
}

/** Returns the flag that takes a switch back: `--no-reload` for `--reload`, and the reverse. */
export function oppositeOf(flag: string): string {
  return flag.startsWith("--no-") ? `--${flag.slice(5)}` : `--no-${flag.slice(2)}`;
}

/** Reads the value of a switch from the flag that is given, its own or the opposite one. */
export function switchValue(flag: string): boolean {
  return !flag.startsWith("--no-");
}
