import assert from "node:assert/strict";
import { modulesInOrder } from "../../scripts/guest_vm/modules.ts";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["read", "write"], () => Promise.resolve({}));

/** Runs `body` on a folder of modules, each given by its path and its dependencies. */
async function withModules(
  modules: Record<string, string>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/kernel/net`, { recursive: true });
    await Deno.writeTextFile(`${folder}/modules.builtin`, "kernel/fs/in-kernel.ko\n");
    for (const [path, depends] of Object.entries(modules)) {
      await Deno.writeTextFile(`${folder}/kernel/${path}`, `ELF\0depends=${depends}\0name=x\0`);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("`modulesInOrder()` lists each module once, after its dependencies", async () => {
  const modules = {
    "net/top.ko": "left,right",
    "left.ko": "base",
    "right.ko": "base",
    "base.ko": "",
  };
  await withModules({ ...modules, "unwanted.ko": "" }, async (folder) => {
    const files = await modulesInOrder(folder, ["top", "base"]);
    const expected = ["base.ko", "left.ko", "right.ko", "net/top.ko"];
    assert.deepEqual(files, expected.map((path) => `${folder}/kernel/${path}`));
  });
});

test("`modulesInOrder()` treats dashes as underscores, and skips modules that are built in", async () => {
  await withModules({ "a-b.ko": "in_kernel" }, async (folder) => {
    assert.deepEqual(await modulesInOrder(folder, ["a_b"]), [`${folder}/kernel/a-b.ko`]);
  });
});

test("the error of `modulesInOrder()` names a missing module", async () => {
  await withModules({ "a.ko": "gone" }, async (folder) => {
    await assert.rejects(modulesInOrder(folder, ["a"]), /has no module "gone"/);
  });
});
