/** Values for the options of a table. @module */
import type { ConfigOption } from "../../src/config/mod.ts";

/** Returns a text that the option takes, and which is not its default where there is another. */
export function sampleText({ kind, default: value }: ConfigOption): string {
  const { choices, schema } = kind;
  const texts = [
    ...choices ?? [],
    ...schema.type === "string" ? schema.examples ?? [] : [],
    ...schema.type === "integer" ? [String(schema.minimum), String(schema.maximum)] : [],
    "sample",
  ];
  return texts.find((text) => value === undefined || text !== kind.format(value))!;
}
