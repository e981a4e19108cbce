/** The options of a running server after its configuration was read again. @module */
import { type ConfigOption, formatValue } from "../../config/mod.ts";
import { type ServeOptions, serveOptions } from "./options/mod.ts";
import { wantsTls } from "./tls.ts";

/** Options after a reload. */
export interface ReloadedOptions {
  /** The options in effect: new values of reloadable options, and the old values of others. */
  readonly options: ServeOptions;
  /** The paths of the options whose new values take effect. */
  readonly changed: readonly string[];
  /** The paths of the options whose new values need a restart. */
  readonly needRestart: readonly string[];
}

/**
 * Joins the options of a running server with the options that were read again. TLS and access control can change, but not
 * begin or end: their presence is decided at the start.
 */
export function reloadedOptions(current: ServeOptions, wanted: ServeOptions): ReloadedOptions {
  const fixed = new Set<string>();
  if (wantsTls(current) !== wantsTls(wanted)) {
    for (const name of Object.keys(serveOptions)) if (name.startsWith("tls")) fixed.add(name);
  }
  if (hasPolicy(current) !== hasPolicy(wanted)) fixed.add("tokens").add("rules");
  const before = current as Record<string, unknown>;
  const after = wanted as Record<string, unknown>;
  const options: Record<string, unknown> = {};
  const changed: string[] = [];
  const needRestart: string[] = [];
  for (const [name, option] of Object.entries<ConfigOption>(serveOptions)) {
    const isOther = textOf(option, before[name]) !== textOf(option, after[name]);
    const takesEffect = option.reloadable === true && !fixed.has(name);
    if (isOther) (takesEffect ? changed : needRestart).push(option.path);
    const value = takesEffect ? after[name] : before[name];
    if (value !== undefined) options[name] = value;
  }
  return { options: options as unknown as ServeOptions, changed, needRestart };
}

function hasPolicy({ tokens, rules }: ServeOptions): boolean {
  return (tokens ?? rules) !== undefined;
}

function textOf(option: ConfigOption, value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(formatValue(option, value));
}
