import { usageError } from "../exit.ts";

/**
 * The JSON objects in a text that comes in pieces, one after the other, with nothing or white space
 * between them. Each is given as soon as its last brace is there, so a conversation can be typed.
 *
 * @throws {CliError} where the text is not that
 */
export async function* jsonDocuments(
  pieces: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<unknown> {
  let pending = "";
  let scanned = 0;
  let depth = 0;
  let inString = false;
  let count = 0;
  for await (const piece of pieces) {
    pending += piece;
    for (; scanned < pending.length; scanned++) {
      const character = pending[scanned]!;
      if (inString) {
        if (character === "\\") scanned++;
        else if (character === '"') inString = false;
      } else if (character === '"') {
        inString = true;
      } else if (character === "{" || character === "[") {
        depth++;
      } else if ((character === "}" || character === "]") && --depth === 0) {
        yield parse(pending.slice(0, scanned + 1), ++count);
        pending = pending.slice(scanned + 1);
        scanned = -1;
      }
      if (depth <= 0 && !/[\s}\]]/.test(character)) break;
    }
    if (depth <= 0 && pending.trim() !== "") parse(pending, count + 1);
  }
  if (pending.trim() !== "") parse(pending, count + 1);
}

function parse(text: string, number: number): unknown {
  try {
    const json = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw usageError(
    `Request ${number} is not a JSON object`,
    `Give one such as '{"message": "aGk="}'; several stand one after the other`,
  );
}
