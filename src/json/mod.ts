/** Values of JSON and YAML, as a parser returns them. @module */

/** Reports whether a value is an object of JSON, or a mapping of YAML: not null, and not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
