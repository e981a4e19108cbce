/** The layout of configuration files: the keys and options at each path. @module */
import type { YamlPath } from "../../yaml/mod.ts";
import { type ConfigOption, keyOf, type OptionTable, sectionOf } from "../mod.ts";

/** The layout of a file. */
export interface Layout {
  /** Returns the keys of the mapping at a path; none where there is no mapping with fixed keys. */
  keysAt(path: YamlPath): readonly string[];
  /** Returns the option at a path, or whose list the path leads into. */
  optionAt(path: YamlPath): ConfigOption | undefined;
  /** Returns the path of an option by its key or its flag, wherever it stands. */
  pathOf(word: string): string | undefined;
}

/** Returns the layout of a file with the options of a table. */
export function tableLayout(table: OptionTable): Layout {
  const options = Object.values(table);
  const keys = new Map<string, string[]>([["", []]]);
  for (const option of options) {
    const section = sectionOf(option);
    if (section !== "" && !keys.has(section)) {
      keys.get("")!.push(section);
      keys.set(section, []);
    }
    keys.get(section)!.push(keyOf(option));
  }
  return {
    keysAt: (path) => path.length > 1 ? [] : keys.get(String(path[0] ?? "")) ?? [],
    optionAt(path) {
      const name = path.filter((step) => typeof step === "string").join(".");
      return options.find((option) => option.path === name);
    },
    pathOf: (word) =>
      options.find((option) => [keyOf(option), option.flag.replace(/^--(no-)?/, "")].includes(word))
        ?.path,
  };
}

/** The keys of a file with contexts. */
const contextKeys = ["current-context", "contexts"] as const;

/** Returns the layout of a file with contexts: `contexts.NAME` has the options of a table. */
export function contextsLayout(table: OptionTable): Layout {
  const { keysAt, optionAt, pathOf } = tableLayout(table);
  return {
    keysAt(path) {
      if (path.length === 0) return contextKeys;
      return path[0] === "contexts" && path.length > 1 ? keysAt(path.slice(2)) : [];
    },
    optionAt: (path) => path[0] === "contexts" ? optionAt(path.slice(2)) : undefined,
    pathOf,
  };
}
