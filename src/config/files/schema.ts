/** The schema of configuration files, derived from tables of options. @module */
import { z } from "zod";
import {
  ConfigError,
  type ConfigOption,
  describe,
  keyOf,
  type OptionTable,
  parseText,
  sectionOf,
} from "../mod.ts";

// A file is read once or a few times: to compile a parser for it takes longer than reading it without.
z.config({ jitless: true });

/** The words of JSON Schema. */
export type JsonSchema = Record<string, unknown>;

/** A schema, with the JSON Schema of the parts that zod cannot know. */
class FileSchema {
  readonly root: z.ZodType;
  readonly #values: ReadonlyMap<unknown, JsonSchema>;

  constructor(root: z.ZodType, values: ReadonlyMap<unknown, JsonSchema>) {
    this.root = root;
    this.#values = values;
  }

  /** Writes it as JSON Schema, draft 2020-12. */
  toJsonSchema(title: string): JsonSchema {
    const schema = z.toJSONSchema(this.root, {
      io: "input",
      unrepresentable: "any",
      override: ({ zodSchema, jsonSchema }) => {
        const known = this.#values.get(zodSchema);
        if (known === undefined) return;
        for (const word of Object.keys(jsonSchema)) delete jsonSchema[word];
        Object.assign(jsonSchema, known);
      },
    });
    return { $schema: schema.$schema, title, ...schema };
  }
}

/** The schemas by their tables. A schema takes memory that a server which reloads would not get back. */
const tableSchemas = new WeakMap<OptionTable, FileSchema>();

/** Returns the schema of a file with the options of a table. Its output is a tree of parsed values. */
export function tableSchema(table: OptionTable): FileSchema {
  const known = tableSchemas.get(table);
  if (known !== undefined) return known;
  const schema = makeTableSchema(table);
  tableSchemas.set(table, schema);
  return schema;
}

function makeTableSchema(table: OptionTable): FileSchema {
  const values = new Map<z.ZodType, JsonSchema>();
  return new FileSchema(objectOf(table, values), values);
}

/** Returns the schema of a file with contexts: named sets of the options of a table. */
export function contextsSchema(table: OptionTable): FileSchema {
  const values = new Map<z.ZodType, JsonSchema>();
  const root = z.strictObject({
    "current-context": z.string().optional().describe("The context that is used by default"),
    contexts: z.record(z.string(), objectOf(table, values)).optional()
      .describe("The contexts by their names"),
  });
  return new FileSchema(root, values);
}

function objectOf(table: OptionTable, values: Map<z.ZodType, JsonSchema>): z.ZodType {
  const top: Record<string, z.ZodType> = {};
  const sections: Record<string, Record<string, z.ZodType>> = {};
  for (const option of Object.values(table)) {
    const section = sectionOf(option);
    const members = section === "" ? top : sections[section] ??= {};
    const value = valueOf(option);
    values.set(value, jsonOf(option));
    members[keyOf(option)] = value.optional();
    // Keeps the order of the table.
    if (section !== "") top[section] ??= z.never();
  }
  for (const [name, members] of Object.entries(sections)) {
    top[name] = z.strictObject(members).optional();
  }
  return z.strictObject(top);
}

/** Every scalar of a file is text, which the kind of the option parses. */
function valueOf(option: ConfigOption): z.ZodType {
  const one = z.string().transform((text, context) => {
    try {
      return parseText(option, text);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      context.issues.push({ code: "custom", message: error.message, input: text });
      return z.NEVER;
    }
  });
  return option.repeatable ? z.array(one) : one;
}

function jsonOf(option: ConfigOption): JsonSchema {
  const { kind, repeatable, default: value } = option;
  const { schema } = kind;
  const json: JsonSchema = { description: describe(option) };
  // Numbers such as 1.3 and 0660 are read by their text.
  const item = schema.type === "string" && schema.enum === undefined
    ? { ...schema, type: ["string", "number"] }
    : schema;
  if (repeatable) json.anyOf = [item, { type: "array", items: item }];
  else Object.assign(json, item);
  if (value !== undefined) json.default = schema.type === "string" ? kind.format(value) : value;
  return json;
}
