/** The example of a new type of node in docs/pipelines.md works as it stands there. @module */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gate } from "../_support/gate.ts";
import { audio, chain } from "./_pipelines.ts";

const [test, { createRegistry, execute, planOf, readManifest }] = await gate(
  ["read", "write"],
  () => import("../../src/pipeline/mod.ts"),
);

/** Imports the code of a block of a page, as if it were a file of src/pipeline/nodes. */
async function importExample(): Promise<unknown> {
  const page = await Deno.readTextFile(new URL("../../docs/pipelines.md", import.meta.url));
  const code = /```ts\n(.*?)```/s.exec(page)?.[1];
  assert.ok(code !== undefined && code.includes("defineNode"));
  const nodes = new URL("../../src/pipeline/nodes/", import.meta.url);
  const placed = code.replaceAll(/from "(\..*?)"/g, (_, path) => `from "${new URL(path, nodes)}"`);
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "example.ts");
    await Deno.writeTextFile(file, placed);
    return await import(pathToFileURL(file).href);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("the new type of node of docs/pipelines.md inverts the phase", async () => {
  const { invert } = await importExample() as {
    invert: NonNullable<Parameters<typeof createRegistry>[0]>[number];
  };
  const registry = createRegistry([invert]);
  const plan = planOf(readManifest(chain(["invert"])), registry);
  const input = audio(new Int16Array([16_384, -32_768, 0]));
  const { outputs } = await execute(plan, new Map([["n0", input]]));
  assert.deepEqual(outputs.get("n0"), audio(new Float32Array([-0.5, 1, -0])));
});
