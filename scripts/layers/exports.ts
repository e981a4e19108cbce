/** A search for unused exports in the sources of modules. @module */
import { dirname, join } from "node:path/posix";

/** An exported name that no other module uses. */
export interface UnusedExport {
  readonly file: string;
  readonly name: string;
}

interface Module {
  readonly text: string;
  readonly exports: readonly string[];
  /** Imported modules, except those only re-exported. */
  readonly imports: ReadonlySet<string>;
  /** Dynamically imported modules. */
  readonly loads: ReadonlySet<string>;
  /** Re-exported names by module: all, or a map from the names there to the names here. */
  readonly reexports: readonly { from: string; names: "all" | ReadonlyMap<string, string> }[];
}

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;
const DESTRUCTURED = /^export const \{([^}]*)\}/gm;
const LIST = /^export (?:type )?\{([^}]*)\}(?: from "([^"]+)")?;/gm;
const STAR = /^export (?:type )?\*(?: as (\w+))? from "([^"]+)";/gm;
const IMPORT = /^import (?:[^;"]* from )?"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/**
 * Finds exports whose name appears in no importing module, neither by the export's own module nor by one that
 * re-exports it. A type may also be used by its own module, as a part of other exports.
 *
 * @param sources texts of modules by their paths
 */
export function unusedExports(sources: ReadonlyMap<string, string>): UnusedExport[] {
  const modules = new Map([...sources].map(([file, text]) => [file, read(file, text)]));
  const tests = [...modules].filter(([file]) => file.startsWith("tests/"));
  // Tests pass dynamically loaded exports on in objects, so that any other test may use them.
  const importers = (file: string) => [
    ...[...modules.values()].filter(({ imports }) => imports.has(file)),
    ...tests.some(([, { loads }]) => loads.has(file))
      ? tests.filter(([other]) => other !== file).map(([, module]) => module)
      : [],
  ];
  const isUsed = (file: string, name: string): boolean =>
    importers(file).some(({ text }) => new RegExp(`\\b${name}\\b`).test(text)) ||
    [...modules].some(([other, { reexports }]) =>
      reexports.some(({ from, names }) => {
        if (from !== file) return false;
        if (names === "all") return isUsed(other, name);
        const alias = names.get(name);
        return alias !== undefined && isUsed(other, alias);
      })
    );
  return [...modules].flatMap(([file, { exports }]) =>
    exports.filter((name) => !isUsed(file, name) && !isOwnType(modules.get(file)!.text, name))
      .map((name) => ({ file, name }))
  );
}

/** Returns true for a type that its own module uses. */
function isOwnType(text: string, name: string): boolean {
  return new RegExp(`^export (?:interface|type) ${name}\\b`, "m").test(text) &&
    text.match(new RegExp(`\\b${name}\\b`, "g"))!.length > 1;
}

function read(file: string, text: string): Module {
  const path = (specifier: string) => join(dirname(file), specifier);
  const exports = [...text.matchAll(DECLARATION)].map(([, name]) => name);
  for (const [, names] of text.matchAll(DESTRUCTURED)) {
    exports.push(...listed(names).map(([, here]) => here));
  }
  const reexports: { from: string; names: "all" | ReadonlyMap<string, string> }[] = [];
  for (const [, names, from] of text.matchAll(LIST)) {
    if (from) reexports.push({ from: path(from), names: new Map(listed(names)) });
    else exports.push(...listed(names).map(([, here]) => here));
  }
  for (const [, as, from] of text.matchAll(STAR)) {
    if (as) exports.push(as);
    // The names of `export * as libc` are used as `libc.name`.
    reexports.push({ from: path(from), names: "all" });
  }
  const specifiers = [...text.matchAll(IMPORT)];
  const imports = new Set(specifiers.map(([, by, dynamic]) => path(by ?? dynamic)));
  const loads = new Set(specifiers.flatMap(([, , dynamic]) => dynamic ? [path(dynamic)] : []));
  return { text, exports, imports, loads, reexports };
}

/** Parses a list such as `a, type b, c as d` to pairs of the names there and here. */
function listed(names: string): [there: string, here: string][] {
  return names.split(",").map((each) => each.trim().replace(/^type /, "")).filter(Boolean)
    .map((each) => {
      const [there, here = there] = each.split(/ as |: /);
      return [there, here];
    });
}
