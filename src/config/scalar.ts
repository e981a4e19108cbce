/** Values of options as text in YAML. @module */
import { formatValue } from "./given.ts";
import type { ConfigOption } from "./option.ts";

/** Words and numbers that YAML reads as something else than text; `off` and the like only YAML 1.1, as many tools do. */
const TYPED = /^(true|false|null|~|on|off|yes|no|y|n|[-+]?[0-9.][0-9_.eoxXabcdefABCDEF]*)$/i;

/** Text that needs no quotes, neither alone nor in a list. */
const PLAIN = /^[A-Za-z0-9_./+=]([A-Za-z0-9_./@+=~-]|:(?=[^\s]))*$/;

/** Formats a value of an option, as `formatValue()` does, in YAML on one line. */
export function yamlValue(option: ConfigOption, value: unknown): string {
  const texts = formatValue(option, value);
  const isText = option.kind.schema.type === "string";
  const scalar = (text: string) =>
    PLAIN.test(text) && !(isText && TYPED.test(text)) ? text : JSON.stringify(text);
  return typeof texts === "string" ? scalar(texts) : `[${texts.map(scalar).join(", ")}]`;
}
