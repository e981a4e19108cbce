/** Text in YAML 1.2, of which JSON is a part, with the places of its values. @module */
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
} from "yaml";

/** A place in a text. Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A part of a text that cannot be read. */
export interface YamlProblem {
  readonly place: Place;
  readonly message: string;
}

/** The keys and indices that lead to a value. */
export type YamlPath = readonly (string | number)[];

/** The schemas of YAML: `core` knows numbers, booleans and null; in `failsafe` every scalar is its text. */
export type YamlSchema = "core" | "failsafe";

/** 100: the problems of a text that are reported. */
export const MAX_PROBLEMS = 100;

/** A parsed text. Aliases are refused: they can stand for far more values than the text has. */
export class YamlText {
  readonly #lines: LineCounter;
  /** The root node; null for an empty text. */
  readonly root: Node | null;
  /** The plain values of the text; undefined with problems. */
  readonly value: unknown;
  /** Errors of syntax, in their order. */
  readonly problems: readonly YamlProblem[];

  private constructor(
    lines: LineCounter,
    root: Node | null,
    value: unknown,
    problems: readonly YamlProblem[],
  ) {
    this.#lines = lines;
    this.root = root;
    this.value = value;
    this.problems = problems;
  }

  /** Parses a text. Never throws: `problems` has the errors. */
  static parse(text: string, schema: YamlSchema = "core"): YamlText {
    const lines = new LineCounter();
    try {
      const document = parseDocument(text, {
        lineCounter: lines,
        prettyErrors: false,
        logLevel: "error",
        schema,
        // Compares each key with all before it: a minute for a file of 1 MiB. `refusedNodes()` looks for them.
        uniqueKeys: false,
      });
      const root = document.contents as ParsedNode | null;
      const problems = [
        ...[...document.errors, ...document.warnings].map(({ pos, code, message }) => ({
          offset: pos[0],
          message: code === "MULTIPLE_DOCS" ? "A second document begins here: write one" : message,
        })),
        ...refusedNodes(root),
      ].slice(0, MAX_PROBLEMS)
        .map(({ offset, message }) => ({ place: placeOf(lines, offset), message }));
      const value = problems.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 });
      return new YamlText(lines, root, value, problems);
    } catch (error) {
      // The parser is recursive.
      if (!(error instanceof RangeError)) throw error;
      const message = "The values are nested too deeply";
      return new YamlText(lines, null, undefined, [{ place: { line: 1, column: 1 }, message }]);
    }
  }

  /** Returns the place of a character. */
  placeAt(offset: number): Place {
    return placeOf(this.#lines, offset);
  }

  /** Returns the place of the value at a path, or of the nearest value around it. */
  placeOf(path: YamlPath): Place {
    for (let length = path.length; length > 0; length--) {
      const node = this.#nodeAt(path.slice(0, length));
      if (node?.range) return this.placeAt(node.range[0]);
    }
    return this.placeAt(this.root?.range?.[0] ?? 0);
  }

  /** Returns the place of the last key of a path. */
  placeOfKey(path: YamlPath): Place {
    const parent = this.#nodeAt(path.slice(0, -1));
    if (isMap(parent)) {
      const name = String(path.at(-1));
      for (const { key } of parent.items) {
        if (isScalar(key) && String(key.value) === name && key.range) {
          return this.placeAt(key.range[0]);
        }
      }
    }
    return this.placeOf(path);
  }

  /** Returns the text of the scalar at a path; undefined for another value, and for none. */
  scalarAt(path: YamlPath): string | undefined {
    const node = this.#nodeAt(path) ?? this.#nodeAt(path.slice(0, -1));
    return isScalar(node) ? String(node.value) : undefined;
  }

  #nodeAt(path: YamlPath): Node | undefined {
    let node: unknown = this.root;
    for (const step of path) {
      if (!hasItems(node)) return undefined;
      node = node.get(step, true);
    }
    return isNode(node) ? node : undefined;
  }
}

function hasItems(node: unknown): node is { get(key: unknown, keepScalar: true): unknown } {
  return typeof node === "object" && node !== null && "get" in node;
}

function placeOf(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  // An empty text has no line.
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Finds aliases, anchors, and keys that a mapping has before. */
function refusedNodes(
  root: Node | null,
): { readonly offset: number; readonly message: string }[] {
  const found: { offset: number; message: string }[] = [];
  if (root === null) return found;
  const add = (node: unknown, message: string) =>
    found.push({ offset: isNode(node) ? node.range?.[0] ?? 0 : 0, message });
  visit(root, {
    Node(_, node) {
      if (isAlias(node)) add(node, "An alias cannot be used here: write the value again");
      else if ("anchor" in node && node.anchor) add(node, "An anchor cannot be used here");
      if (!isMap(node)) return;
      const names = new Set<string>();
      for (const { key } of node.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (names.has(name)) add(key, "Map keys must be unique");
        names.add(name);
      }
    },
  });
  return found;
}
