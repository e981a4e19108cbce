import { outcomeName } from "../collector/mod.ts";

/** The largest number of different messages. Further messages are counted as one. */
const MAX_MESSAGES = 20;

/** The largest length of a message, which is chosen by the server. */
const MAX_LENGTH = 300;

const OTHERS = "Other messages";

/** Counts the error messages of failed requests, up to a bounded number of texts. */
export class Messages {
  readonly #counts = new Map<string, number>();

  add(outcome: number, message: string): void {
    const text = message === "" ? outcomeName(outcome) : `${outcomeName(outcome)}: ${message}`;
    // deno-lint-ignore no-control-regex -- text of a server must not control the terminal
    this.#count(text.slice(0, MAX_LENGTH).replace(/[\x00-\x1f\x7f-\x9f]/g, "\ufffd"), 1);
  }

  addAll(counts: Iterable<readonly [string, number]>): void {
    for (const [text, count] of counts) this.#count(text, count);
  }

  /** The texts with their counts, the most frequent first. */
  list(): [text: string, count: number][] {
    return [...this.#counts].sort((a, b) => b[1] - a[1]);
  }

  #count(text: string, count: number): void {
    const key = this.#counts.has(text) || this.#counts.size < MAX_MESSAGES ? text : OTHERS;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }
}
