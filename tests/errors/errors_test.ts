/** Error classes, their codes, and the search among causes. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { findError } from "../../src/errors/mod.ts";
import { RpcError } from "../../src/grpc/errors.ts";
import { NetError } from "../../src/net/errors.ts";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["read"], () => Promise.resolve({}));
const src = fileURLToPath(new URL("../../src", import.meta.url));

function* sources(folder: string): Generator<[file: string, text: string]> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sources(path);
    else if (name.endsWith(".ts")) yield [path, Deno.readTextFileSync(path)];
  }
}

Deno.test("`findError()` finds the error of a layer among causes, by its codes", () => {
  const refused = new NetError("ECONNREFUSED", "Cannot connect");
  const error = new RpcError("UNAVAILABLE", "No connection", { cause: refused });
  assert.equal(findError(error, "net"), refused);
  assert.equal(findError(error, "net", "TIMED_OUT", "ECONNREFUSED"), refused);
  assert.equal(findError(error, "net", "TIMED_OUT"), undefined);
  assert.equal(findError(error, "grpc"), error);
  assert.equal(findError(error, "crypto"), undefined);
  assert.equal(findError("ECONNREFUSED", "net"), undefined);
  // Errors of other libraries have codes too.
  assert.equal(findError(Object.assign(new Error(), { code: "ECONNREFUSED" }), "net"), undefined);
});

Deno.test("`findError()` ends on a circle of causes", () => {
  const error = new Error("a");
  error.cause = error;
  assert.equal(findError(error, "net"), undefined);
});

test("Every error class has a layer and a code of the list", () => {
  const found: string[] = [];
  for (const [file, text] of sources(src)) {
    for (
      const [, name, rest] of text.matchAll(/^(?:export )?class (\w+) extends Error\b(.*)\{$/gm)
    ) {
      found.push(name);
      assert.match(rest, /implements LayerError<"\w+">/, `${file}: ${name}`);
    }
  }
  assert.ok(found.length >= 12, found.join());
});

test("Every code of the list is used, and none is listed twice in a layer", () => {
  const list = Deno.readTextFileSync(`${src}/errors/codes.ts`);
  const others = [...sources(src)].filter(([file]) => !file.endsWith("errors/codes.ts"))
    .map(([, text]) => text).join("\n");
  for (const layer of list.split(/^ {2}\/\*\* `src/m).slice(1)) {
    const codes = [...layer.matchAll(/\| "([A-Z0-9_]+)"/g)].map(([, code]) => code);
    assert.deepEqual(codes, [...new Set(codes)]);
    for (const code of codes) assert.match(others, new RegExp(`\\b${code}\\b`), code);
  }
});

test("Commands find hints by codes, never by messages or names of errors", () => {
  for (const [file, text] of sources(`${src}/cli`)) {
    assert.doesNotMatch(text, /\/[a-z]*\.test\((\w+\.)?(error|cause)\w*\.message/, file);
    assert.doesNotMatch(text, /\b(error|cause)\.name [!=]==/, file);
    assert.doesNotMatch(text, /\b(error|cause)\.message\.(includes|match|startsWith)\(/, file);
  }
});
