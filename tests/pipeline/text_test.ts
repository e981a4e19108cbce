/** Manifests as text: the place of each error, and text that is made to cost much. @module */
import assert from "node:assert/strict";
import { createRegistry } from "../../src/pipeline/mod.ts";
import { gate } from "../_support/gate.ts";
import { chain } from "./_pipelines.ts";

// The parser of YAML reads the environment.
const [test, { readManifestText }] = await gate(
  ["env"],
  () => import("../../src/pipeline/text/mod.ts"),
);

const registry = createRegistry();

test("an error in JSON text has the line and column of the wrong value", () => {
  const text = JSON.stringify(chain(["gain", { gain_db: 90 }]), null, 2);
  const line = text.split("\n").findIndex((each) => each.includes("90")) + 1;
  const column = text.split("\n")[line - 1]!.indexOf("90") + 1;
  assert.throws(
    () => readManifestText(text, registry),
    new RegExp(`Line ${line}, column ${column}: Node n0 \\(gain\\): The parameter gain_db is 90`),
  );
});

test("an error of syntax has line and column", () => {
  assert.throws(
    () => readManifestText('{\n  "version": 1,\n  "nodes": [}\n', registry),
    /Line 3, column \d+: /,
  );
});

test("a manifest is read from YAML", () => {
  const manifest = readManifestText(
    "version: 1\nnodes:\n  - { id: hash, type: digest }\ninputs: [hash]\noutputs: [hash]\n",
    registry,
  );
  assert.deepEqual(manifest.outputs, ["hash"]);
});

test("aliases, duplicate keys and deep nesting are refused", () => {
  const bomb = "a: &a [1, 1]\nb: [*a, *a]\n";
  assert.throws(() => readManifestText(bomb, registry), { code: "BAD_MANIFEST" });
  assert.throws(() => readManifestText('{"version": 1, "version": 1}', registry), {
    code: "BAD_MANIFEST",
  });
  assert.throws(() => readManifestText("[".repeat(20_000), registry), { code: "BAD_MANIFEST" });
  assert.throws(() => readManifestText(" ".repeat(65_537), registry), /at most 65536/);
});
