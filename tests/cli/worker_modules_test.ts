/** The modules that each thread of a server loads. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["read"], () => Promise.resolve({}));

/** Modules of Node.js that take some 0.1 MB of a thread beside each other. */
const light = ["node:buffer", "node:timers", "node:util"];

/** Returns the names that a module and those behind it import when they are loaded. */
function importsOf(entry: URL): Set<string> {
  const names = new Set<string>();
  const seen = new Set([entry.href]);
  for (const href of seen) {
    const text = Deno.readTextFileSync(new URL(href));
    const imports = text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+"([^"]+)"/gms);
    for (const [, name] of imports) {
      if (name.startsWith(".")) seen.add(new URL(name, href).href);
      else names.add(name);
    }
  }
  assert.ok(seen.size > 100);
  return names;
}

// node:crypto, node:dns, node:net, node:process, node:stream and node:zlib took 4 MB of each worker, which used none.
test("A worker loads no heavy module of Node.js before it uses it", () => {
  const names = importsOf(new URL("../../src/cli/serve/worker.ts", import.meta.url));
  const heavy = [...names].filter((name) => name.startsWith("node:") && !light.includes(name));
  assert.deepEqual(heavy, [], "Import these by src/node/mod.ts");
});
