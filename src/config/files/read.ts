/** Configuration files: values of options with their places, and all problems at once. @module */
import { dirname } from "node:path";
import { isObject } from "../../json/mod.ts";
import { type YamlPath, YamlText } from "../../yaml/mod.ts";
import {
  type ConfigOption,
  type Given,
  type GivenValues,
  keyOf,
  type OptionTable,
  type Reading,
  sectionOf,
} from "../mod.ts";
import { contextsLayout, tableLayout } from "./layout.ts";
import { describeIssues } from "./problems.ts";
import { contextsSchema, tableSchema } from "./schema.ts";

/** Reads the options of a table from the text of a file, whose name is for messages. */
export function readTable(table: OptionTable, text: string, file: string): Reading {
  const yaml = YamlText.parse(text, "failsafe");
  const { data, error } = tableSchema(table).root.safeParse(normalize(yaml.value, table));
  const problems = syntaxProblems(yaml, file) ??
    describeIssues(error?.issues ?? [], file, yaml, tableLayout(table));
  return {
    given: problems.length > 0 ? new Map() : valuesAt(table, data, yaml, [], file),
    problems,
  };
}

/** The contexts of a file. */
interface Contexts {
  /** The value of `current-context`. */
  readonly current: string | undefined;
  readonly contexts: ReadonlyMap<string, GivenValues>;
  readonly problems: readonly string[];
}

/** Reads the contexts of a file, each with options of a table. */
export function readContexts(table: OptionTable, text: string, file: string): Contexts {
  const yaml = YamlText.parse(text, "failsafe");
  const { data, error } = contextsSchema(table).root.safeParse(
    normalizeContexts(yaml.value, table),
  );
  const problems = syntaxProblems(yaml, file) ??
    describeIssues(error?.issues ?? [], file, yaml, contextsLayout(table));
  if (problems.length > 0) return { current: undefined, contexts: new Map(), problems };
  const { "current-context": current, contexts = {} } = data as {
    readonly "current-context"?: string;
    readonly contexts?: Readonly<Record<string, unknown>>;
  };
  return {
    current,
    contexts: new Map(
      Object.entries(contexts).map(([name, values]) => [
        name,
        valuesAt(table, values, yaml, ["contexts", name], file),
      ]),
    ),
    problems,
  };
}

/** Returns the errors of syntax; undefined where there are none. */
function syntaxProblems({ problems }: YamlText, file: string): string[] | undefined {
  if (problems.length === 0) return undefined;
  return problems.map(({ place: { line, column }, message }) =>
    `${file}:${line}:${column}: ${message}`
  );
}

/** Returns the values of a table's options in a parsed tree, which stands at a path of the file. */
function valuesAt(
  table: OptionTable,
  tree: unknown,
  yaml: YamlText,
  at: YamlPath,
  file: string,
): GivenValues {
  const given = new Map<string, Given>();
  for (const [name, option] of Object.entries(table)) {
    const section = sectionOf(option);
    const members = section === "" ? tree : (tree as Record<string, unknown>)[section];
    const value = (members as Record<string, unknown> | undefined)?.[keyOf(option)];
    if (value === undefined) continue;
    const place = yaml.placeOf([...at, ...option.path.split(".")]);
    given.set(name, {
      value: resolved(option, value, dirname(file)),
      source: { from: "file", file, ...place },
    });
  }
  return given;
}

/** Takes relative paths as ones from the folder of the file. */
function resolved({ kind: { paths }, repeatable }: ConfigOption, value: unknown, folder: string) {
  if (paths === undefined) return value;
  return repeatable
    ? (value as unknown[]).map((one) => paths.resolve(one, folder))
    : paths.resolve(value, folder);
}

/** Brings a tree to the form of the schema: an empty section is a mapping, and one value of a list is a list. */
function normalize(tree: unknown, table: OptionTable): unknown {
  if (isEmpty(tree)) return {};
  if (!isObject(tree)) return tree;
  const lists = new Set(
    Object.values(table).filter(({ repeatable }) => repeatable).map(({ path }) => path),
  );
  const sections = new Set(Object.values(table).map(sectionOf));
  const listed = (path: string, value: unknown) =>
    lists.has(path) && typeof value === "string" ? [value] : value;
  return mapValues(tree, (value, key) => {
    if (!sections.has(key)) return listed(key, value);
    if (isEmpty(value)) return {};
    return isObject(value)
      ? mapValues(value, (member, name) => listed(`${key}.${name}`, member))
      : value;
  });
}

function normalizeContexts(tree: unknown, table: OptionTable): unknown {
  if (isEmpty(tree)) return {};
  if (!isObject(tree)) return tree;
  return mapValues(tree, (value, key) => {
    if (key !== "contexts") return value;
    if (isEmpty(value)) return {};
    return isObject(value) ? mapValues(value, (context) => normalize(context, table)) : value;
  });
}

/** Reports whether a node is empty: in the failsafe schema, its value is an empty text. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function mapValues(
  record: Record<string, unknown>,
  change: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(value, key)]),
  );
}
