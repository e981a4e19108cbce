import { isObject } from "../../../json/mod.ts";
import { usageError } from "../../exit.ts";

/**
 * Splits text that arrives in pieces into JSON objects, with or without white space between them. Each
 * object is yielded as soon as its last brace has arrived, so that the requests of a stream can be typed.
 *
 * @throws {CliError} for text that is not a sequence of JSON objects
 */
export async function* jsonDocuments(
  pieces: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string> {
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
        yield checked(pending.slice(0, scanned + 1), ++count);
        pending = pending.slice(scanned + 1);
        scanned = -1;
      }
      if (depth <= 0 && !/[\s}\]]/.test(character)) break;
    }
    if (depth <= 0 && pending.trim() !== "") checked(pending, count + 1);
  }
  if (pending.trim() !== "") checked(pending, count + 1);
}

function checked(text: string, number: number): string {
  try {
    if (isObject(JSON.parse(text))) return text;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw usageError(
    `Request ${number} is not a JSON object`,
    `Give one such as '{"message": "aGk="}'; several stand one after the other`,
  );
}
