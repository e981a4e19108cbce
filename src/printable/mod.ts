/** Text that a peer may have chosen, escaped for terminals and logs. @module */

/** Control characters, line and paragraph separators, and the marks that turn the direction of text. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * One line: a character that could move the cursor, change colours, set a title or reorder the text is
 * written as its escape, such as `\u001b`.
 */
export function printable(line: string): string {
  return line.replace(
    unprintable,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

/** Text of several lines, which may hold tabs. JSON stays the same JSON. */
export function printableLines(text: string): string {
  return text.split("\n").map((line) => line.split("\t").map(printable).join("\t")).join("\n");
}
