import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["read"], () => Promise.resolve({}));
const sources = new URL("../../src/", import.meta.url);

/** Names of modules that a module imports when it is loaded. */
function staticImports(text: string): string[] {
  return [...text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+"([^"]+)"/gms)]
    .map(([, name]) => name);
}

function modules(folder: URL): URL[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? modules(new URL(`${name}/`, folder))
      : name.endsWith(".ts")
      ? [new URL(name, folder)]
      : []
  );
}

/** Every program would load 30 modules of OpenTelemetry on each of its threads. */
test("OpenTelemetry is loaded only by the dynamic imports of `src/tracing/mod.ts`", () => {
  const imports = new Map(
    modules(sources).map((url) => [url.href, staticImports(Deno.readTextFileSync(url))]),
  );
  const loading = new Set(
    [...imports].filter(([, names]) => names.includes("@opentelemetry/api")).map(([href]) => href),
  );
  assert.ok(loading.size >= 2);
  for (let before = 0; before !== loading.size;) {
    before = loading.size;
    for (const [href, names] of imports) {
      const found = names.filter((name) => name.startsWith("."))
        .some((name) => loading.has(new URL(name, href).href));
      if (found) loading.add(href);
    }
  }
  for (const href of loading) assert.match(href, /src\/tracing\/(?!mod\.ts)\w+\.ts$/);
});
