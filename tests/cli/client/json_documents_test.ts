import assert from "node:assert/strict";
import { jsonDocuments } from "../../../src/cli/client/methods/json_documents.ts";
import { CliError } from "../../../src/cli/exit.ts";

const text = '{"a": "}\\"{"} {"b": [1, {"c": "\\\\"}]}\n\n{}';
/** Parses the objects of a text. */
async function parsed(pieces: Iterable<string>): Promise<unknown[]> {
  return (await Array.fromAsync(jsonDocuments(pieces))).map((each) => JSON.parse(each));
}

const documents = [{ a: '}"{' }, { b: [1, { c: "\\" }] }, {}];

Deno.test("`jsonDocuments()` splits a sequence of objects", async () => {
  assert.deepEqual(await parsed([text]), documents);
  assert.deepEqual(await Array.fromAsync(jsonDocuments([])), []);
  assert.deepEqual(await Array.fromAsync(jsonDocuments([" \n "])), []);
});

Deno.test("`jsonDocuments()` yields the same objects wherever the text is cut", async () => {
  assert.deepEqual(await parsed([...text]), documents);
  for (let at = 0; at <= text.length; at++) {
    const pieces = [text.slice(0, at), text.slice(at)];
    assert.deepEqual(await parsed(pieces), documents, `cut at ${at}`);
  }
});

Deno.test("`jsonDocuments()` yields an object before the next begins", async () => {
  const typed = async function* () {
    yield '{"n": 1}';
    await new Promise(() => {});
  };
  assert.deepEqual(await jsonDocuments(typed()).next(), { done: false, value: '{"n": 1}' });
});

Deno.test("`jsonDocuments()` refuses other JSON, with its position in the error", async () => {
  const cases: [text: string, number: number][] = [
    ["hello", 1],
    ["1", 1],
    ['"text"', 1],
    ["[{}]", 1],
    ["{", 1],
    ["{} }", 2],
    ["{}, {}", 2],
    ["{} {'a': 1}", 2],
    ['{"a": tru}', 1],
    ["{]", 1],
  ];
  for (const [text, number] of cases) {
    for (const pieces of [[text], [...text]]) {
      await assert.rejects(Array.fromAsync(jsonDocuments(pieces)), (error) => {
        assert(error instanceof CliError, String(error));
        assert.equal(error.message, `Request ${number} is not a JSON object`, text);
        return true;
      });
    }
  }
});
