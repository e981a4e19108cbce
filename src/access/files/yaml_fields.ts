/** Fields of a YAML document, with their places in messages. @module */
import { isMap, isScalar, isSeq, type Node } from "yaml";
import { nearest } from "../../spelling/mod.ts";
import { type Place, YamlText } from "../../yaml/mod.ts";
import { AccessError } from "../mod.ts";

/** The file that a field is in. */
interface Source {
  readonly name: string;
  readonly text: YamlText;
}

/**
 * Parses a document of one root field. Of YAML 1.2 it takes the core schema without anchors, aliases and tags.
 *
 * @throws {AccessError} `BAD_RULES`
 */
export function readDocument(text: string, name: string): Field {
  const source = { name, text: YamlText.parse(text) };
  const { problems: [problem], root } = source.text;
  if (problem !== undefined) throw failure(source, problem.place, problem.message);
  return new Field(source, root, 0);
}

/** A value in a document. */
export class Field {
  readonly #source: Source;
  readonly #node: Node | null;
  readonly #offset: number;

  constructor(source: Source, node: Node | null, offset: number) {
    this.#source = source;
    this.#node = node;
    this.#offset = node?.range?.[0] ?? offset;
  }

  get line(): number {
    return this.#source.text.placeAt(this.#offset).line;
  }

  get isText(): boolean {
    return isScalar(this.#node) && typeof this.#node.value === "string";
  }

  /** Reads a mapping with some of the given keys. An unknown key is an error that names the nearest. */
  record<K extends string>(keys: readonly K[]): { readonly [P in K]?: Field } {
    const node = this.#node;
    if (!isMap(node)) throw this.error(`A mapping is expected here, with ${keys.join(", ")}`);
    const fields: { [P in K]?: Field } = {};
    for (const { key, value } of node.items) {
      const field = new Field(this.#source, key as Node, this.#offset);
      const name = isScalar(key) ? String(key.value) : "";
      if (!keys.includes(name as K)) {
        const near = nearest(name, keys);
        const advice = near === undefined ? `use ${keys.join(", ")}` : `did you mean ${near}?`;
        throw field.error(`${JSON.stringify(name)} is no key here: ${advice}`);
      }
      fields[name as K] = new Field(this.#source, value as Node | null, field.#offset);
    }
    return fields;
  }

  /** Reads a list of at most `max` items. */
  list(max: number): Field[] {
    const node = this.#node;
    if (!isSeq(node)) throw this.error("A list is expected here");
    if (node.items.length > max) throw this.error(`The list has more than ${max} items`);
    return node.items.map((item) => new Field(this.#source, item as Node, this.#offset));
  }

  /** Reads a list, or a single item without one. The list must not be empty. */
  listOrOne(max: number): Field[] {
    const items = isSeq(this.#node) ? this.list(max) : [this];
    if (items.length === 0) {
      throw this.error("The list is empty: leave the key out, or name an item");
    }
    return items;
  }

  text(): string {
    if (isScalar(this.#node) && typeof this.#node.value === "string") return this.#node.value;
    throw this.error("A text is expected here: write numbers and the like in quotes");
  }

  /** Reads one of several words. */
  choice<T extends string>(words: readonly T[]): T {
    const text = this.text();
    if (words.includes(text as T)) return text as T;
    const near = nearest(text, words);
    const advice = near === undefined ? `use ${words.join(", ")}` : `did you mean ${near}?`;
    throw this.error(`${JSON.stringify(text)} is not known here: ${advice}`);
  }

  integer(max: number, min = 0): number {
    const value = isScalar(this.#node) ? this.#node.value : undefined;
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) {
      return Number(value);
    }
    throw this.error(`A whole number is expected here, from ${min} to ${max}`);
  }

  error(message: string): AccessError {
    return failure(this.#source, this.#source.text.placeAt(this.#offset), message);
  }
}

function failure({ name }: Source, { line, column }: Place, message: string): AccessError {
  return new AccessError("BAD_RULES", `${name}:${line}:${column}: ${message}`);
}
