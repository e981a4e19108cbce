/**
 * Text that a server chose, fit for a line of a terminal: control characters, which could move the cursor
 * or change colours, and those that turn the direction of text are shown as what they are.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/** The same for text of several lines, such as JSON, which stays the JSON that it was. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
