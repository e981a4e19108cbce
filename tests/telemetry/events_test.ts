/** The catalogue of log events: its page in the docs, and its use in the code. @module */
import assert from "node:assert/strict";
import { events } from "../../src/telemetry/events.ts";
import { logCategories } from "../../src/telemetry/levels.ts";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["read"], () => Promise.resolve({}));
const root = new URL("../../", import.meta.url);
const docs = new URL("docs/logs.md", root);

function rowsOf(text: string, columns: number): string[] {
  return text.split("\n").filter((line) => line.startsWith("| "))
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length === columns && !/^(-+|event|category)$/.test(cells[0]))
    .map((cells) => cells.join(" | "));
}

function sources(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return sources(new URL(`${name}/`, folder));
    return name.endsWith(".ts") ? [Deno.readTextFileSync(new URL(name, folder))] : [];
  });
}

test("`docs/logs.md` lists every event with its categories, levels and meaning", () => {
  const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
  const rows = Object.entries(events).map(([name, { categories, levels, help }]) =>
    [name, quoted(categories), quoted(levels), help].join(" | ")
  );
  assert.deepEqual(rowsOf(Deno.readTextFileSync(docs), 4), rows);
});

test("`docs/logs.md` lists every category", () => {
  const named = rowsOf(Deno.readTextFileSync(docs), 2).map((row) => row.split(" ")[0])
    .filter((name) => logCategories.some((category) => name === `\`${category}\``));
  assert.deepEqual(named.sort(), logCategories.map((category) => `\`${category}\``).sort());
});

test("every event is logged somewhere, at the levels of the catalogue where the code names one", () => {
  const code = sources(new URL("src/", root))
    .filter((text) => !text.includes("LogEventDescription"))
    .join("\n").replace(/\s+/g, " ");
  const methods = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;
  for (const [name, { levels }] of Object.entries(events)) {
    assert.ok(code.includes(JSON.stringify(name)), `${name} is logged nowhere`);
    const literal = JSON.stringify(name).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    for (const [, method] of code.matchAll(new RegExp(`\\.(\\w+)\\( ?${literal}`, "g"))) {
      const level = methods[method as keyof typeof methods];
      if (level === undefined) continue;
      assert.ok((levels as readonly string[]).includes(level), `${name} is logged at ${level}`);
    }
  }
});
