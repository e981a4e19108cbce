/** Wrong values and names as messages show them. @module */
import { nearest } from "../spelling/mod.ts";

/** Most characters of a value in a message. */
const MAX_SHOWN = 40;

/** Returns the JSON of a value, cut to a length; numbers that JSON has not, such as NaN, by their names. */
export function shown(value: unknown): string {
  const isNumber = typeof value === "number";
  const text = isNumber ? String(value) : JSON.stringify(value) ?? String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** Names the kind of a value. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  switch (typeof value) {
    case "object":
      return "an object";
    case "string":
      return "text";
    default:
      return `a ${typeof value}`;
  }
}

/** Returns the end of a message about an unknown name: the nearest of the known names, or all of them. */
export function suggestion(unknown: string, names: readonly string[]): string {
  const near = nearest(unknown, names);
  return near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
}
