/** The fixed limits in `docs/hardening.md`: they are those of the sources, and all of them. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const root = new URL("../../", import.meta.url);

/** Tables under headings that end in the file of their constants. */
function tablesOf(page: string): Map<string, Map<string, string>> {
  const tables = new Map<string, Map<string, string>>();
  let rows: Map<string, string> | undefined;
  for (const line of page.split("\n")) {
    const [, file] = /^### .*: `(src\/[^`]+)`$/.exec(line) ?? [];
    if (file !== undefined) tables.set(file, rows = new Map());
    else if (line.startsWith("#")) rows = undefined;
    const [, name, value] = /^\| `([\w.]+)` *\| (.+?) *\|/.exec(line) ?? [];
    if (name !== undefined) rows?.set(name, value);
  }
  return tables;
}

/** The numbers and rates in a source: constants by their names, members of objects by `OBJECT.member`. */
function constantsOf(source: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name, value] of source.matchAll(/^(?:export )?const (\w+) = ([\w* ]+);$/gm)) {
    found.set(name, value);
  }
  const objects = source.matchAll(/^(?:export )?const (\w+): \w+ = \{\n([^]*?)^\};$/gm);
  for (const [, object, members] of objects) {
    for (const [, name, value] of members.matchAll(/^ {2}(\w+): (.+),$/gm)) {
      found.set(`${object}.${name}`, value);
    }
  }
  return found;
}

/** Evaluates a product of numbers and other constants. */
function numberOf(text: string, constants: ReadonlyMap<string, string>): number {
  return text.split(" * ").reduce((product, factor) => {
    const other = constants.get(factor);
    return product * (other ? numberOf(other, constants) : Number(factor.replaceAll("_", "")));
  }, 1);
}

/** The forms in which the page may have a value: a number, a size or a time. */
function formsOf(text: string, constants: ReadonlyMap<string, string>): string[] {
  const rate = /^\{ burst: (\w+), perSecond: (\w+) \}$/.exec(text);
  const grouped = (value: number) => value.toLocaleString("en-US");
  if (rate !== null) {
    const [burst, perSecond] = rate.slice(1).map((part) => grouped(numberOf(part, constants)));
    return [`${burst}, then ${perSecond} a second`];
  }
  const value = numberOf(text, constants);
  assert.ok(Number.isFinite(value), text);
  const units = { KiB: 1_024, MiB: 1_048_576, MB: 1e6, s: 1e3, min: 6e4, h: 3.6e6 };
  return [grouped(value), ...Object.entries(units).map(([unit, one]) => `${value / one} ${unit}`)];
}

const [test, { files = [] }] = await gate(["read"], () => {
  const tables = tablesOf(Deno.readTextFileSync(new URL("docs/hardening.md", root)));
  const files = [...tables].map(([file, rows]) => ({
    ...{ file, rows },
    constants: constantsOf(Deno.readTextFileSync(new URL(file, root))),
  }));
  return Promise.resolve({ files });
});

test("docs/hardening.md has tables of limits", () => assert.ok(files.length > 8));

for (const { file, rows, constants } of files) {
  const found = [...constants.keys()];

  test(`the limits in docs/hardening.md are those of ${file}`, () => {
    assert.ok(rows.size > 0);
    for (const [name, value] of rows) {
      const named = found.filter((one) => one === name || one.endsWith(`.${name}`));
      assert.equal(named.length, 1, `${name} is ${named.join(" and ") || "no constant"}`);
      const forms = formsOf(constants.get(named[0])!, constants);
      assert.ok(forms.includes(value), `${name} is ${value} in the page, and ${forms[0]}`);
    }
  });

  test(`docs/hardening.md has all limits of ${file}`, () => {
    const limits = found.filter((name) => /^max|\./i.test(name));
    const missing = limits.filter((name) => !rows.has(name) && !rows.has(name.split(".").at(-1)!));
    assert.deepEqual(missing, []);
  });
}
