/** Patterns for names of keys and callers. @module */

/** `*` in a pattern: any characters of one segment. */
const WITHIN_SEGMENT = Symbol("*");
/** `**` in a pattern: any characters. */
const ANYTHING = Symbol("**");

/** A part of a pattern: one character, or a wildcard. */
export type Part = string | typeof WITHIN_SEGMENT | typeof ANYTHING;

/**
 * A pattern: `*` stands for any characters but the separator of segments, `**` for any characters, and every other
 * character for itself. Matching takes time in proportion to the lengths of pattern and text, whatever they are:
 * texts are a peer's.
 */
export class Glob {
  readonly pattern: string;
  readonly separator: string;
  readonly parts: readonly Part[];
  /** True for a pattern without wildcards. */
  readonly isLiteral: boolean;

  /** @param separator a character that `*` does not match: `/` in ids and URIs, `.` in DNS names */
  constructor(pattern: string, separator = "/") {
    this.pattern = pattern;
    this.separator = separator;
    this.parts = pattern.split(/(\*+)/).flatMap((piece): Part[] =>
      piece.startsWith("*") ? [piece === "*" ? WITHIN_SEGMENT : ANYTHING] : [...piece]
    );
    this.isLiteral = !pattern.includes("*");
  }

  matches(text: string): boolean {
    if (this.isLiteral) return text === this.pattern;
    let states = this.start();
    for (const character of text) {
      states = this.step(states, character);
      if (states.size === 0) return false;
    }
    return this.accepts(states);
  }

  /** Positions in the pattern before any character was read. */
  start(): Set<number> {
    return this.#close(new Set([0]));
  }

  /** Positions in the pattern after one more character. */
  step(states: ReadonlySet<number>, character: string): Set<number> {
    const next = new Set<number>();
    for (const state of states) {
      const part = this.parts[state];
      if (part === ANYTHING || part === WITHIN_SEGMENT && character !== this.separator) {
        next.add(state);
      } else if (part === character) next.add(state + 1);
    }
    return this.#close(next);
  }

  /** True when a text may end at one of these positions. */
  accepts(states: ReadonlySet<number>): boolean {
    return states.has(this.parts.length);
  }

  /** Adds the positions behind wildcards, which may match no character. */
  #close(states: Set<number>): Set<number> {
    for (const state of states) {
      if (typeof this.parts[state] === "symbol") states.add(state + 1);
    }
    return states;
  }
}
