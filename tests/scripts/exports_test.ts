/** The search for unused exports. @module */
import assert from "node:assert/strict";
import { unusedExports } from "../../scripts/layers/exports.ts";

/** Returns the unused exports of modules, as `FILE NAME`. */
function unused(sources: Record<string, string>): string[] {
  return unusedExports(new Map(Object.entries(sources))).map(({ file, name }) => `${file} ${name}`);
}

Deno.test("an export of any kind that no module imports is unused", () => {
  const declared = [
    "export const a = 1;",
    "export async function b() {}",
    "export function* c() {}",
    "export class D {}",
    "export const { e, f: g } = {};",
    "const h = 1;\nexport { h };",
    "export interface I {}",
  ];
  for (const [i, text] of declared.entries()) {
    const expected = [["a"], ["b"], ["c"], ["D"], ["e", "g"], ["h"], ["I"]][i];
    assert.deepEqual(unused({ "src/m.ts": text }), expected.map((name) => `src/m.ts ${name}`));
  }
});

Deno.test("an import uses an export: by name, dynamically, or of a namespace", () => {
  const declared = { "src/m.ts": "export const a = 1;" };
  for (
    const text of [
      'import { a } from "./m.ts";',
      'import {\n  type a,\n} from "./m.ts";',
      'const { a } = await import("./m.ts");',
      'import * as m from "./m.ts";\nm.a;',
    ]
  ) assert.deepEqual(unused({ ...declared, "src/n.ts": text }), []);
  assert.deepEqual(unused({ ...declared, "src/n.ts": 'import { b } from "./m.ts";' }), [
    "src/m.ts a",
  ]);
  assert.deepEqual(unused({ ...declared, "src/n.ts": "a;" }), ["src/m.ts a"]);
});

Deno.test("a re-export does not use an export, but an import of it does", () => {
  const declared = { "src/r/m.ts": "export const a = 1;" };
  for (
    const [index, name] of [
      ['export * from "./m.ts";', "a"],
      ['export { a as b } from "./m.ts";', "b"],
      ['export * as all from "./m.ts";', "all.a"],
    ]
  ) {
    const sources = { ...declared, "src/r/mod.ts": index };
    assert.ok(unused(sources).includes("src/r/m.ts a"), index);
    const user = { "src/n.ts": `import { x } from "./r/mod.ts";\nimport("./r/mod.ts");\n${name};` };
    assert.ok(!unused({ ...sources, ...user }).includes("src/r/m.ts a"), index);
  }
});

Deno.test("a type used in other exports of its module is used", () => {
  const text = "export interface Options {}\nexport function f(options: Options) {}";
  assert.deepEqual(unused({ "src/m.ts": text, "src/n.ts": 'import { f } from "./m.ts";' }), []);
});

Deno.test("an export that a test loads dynamically may be used by a third module", () => {
  const sources = {
    "tests/_rig.ts": "export const a = 1;",
    "tests/_stage.ts": 'export const rig = await import("./_rig.ts");',
    "tests/a_test.ts": 'import { rig } from "./_stage.ts";\nrig.a;',
  };
  assert.deepEqual(unused(sources), []);
});
