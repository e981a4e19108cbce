/** The generation of code by `deno task proto`. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";
import { inFolder } from "../_support/in_folder.ts";

const [test] = await gate(["env", "read", "run", "write"], () => Promise.resolve({}));

const project = fileURLToPath(new URL("../..", import.meta.url));

/** The parts of the project that the generation reads and writes. */
const parts = ["deno.json", "deno.lock", "docs", "proto", "scripts", "src"];

// The generated folder was removed first: a mistake in a .proto file left the project without its codecs.
test("a generation that fails changes no file, and the next one writes and removes files", async () => {
  await inFolder(async (folder) => {
    const copied = await new Deno.Command("cp", {
      args: ["-r", ...parts.map((part) => project + part), folder],
    }).output();
    assert.ok(copied.success);
    const generated = `${folder}/src/api/generated`;
    const generate = async () => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "-P=test", "scripts/proto.ts"],
        cwd: folder,
      }).output();
      return { code, stderr: new TextDecoder().decode(stderr) };
    };
    const keys = await Deno.readTextFile(`${generated}/signer/v1/keys_pb.ts`);
    await Deno.writeTextFile(`${generated}/old_pb.ts`, "");

    const broken = `${folder}/proto/signer/v1/broken.proto`;
    await Deno.writeTextFile(broken, 'syntax = "proto3";\nmessage {\n');
    assert.notEqual((await generate()).code, 0);
    assert.equal(await Deno.readTextFile(`${generated}/signer/v1/keys_pb.ts`), keys);
    assert.equal(await Deno.readTextFile(`${generated}/old_pb.ts`), "");

    await Deno.remove(broken);
    await Deno.remove(`${generated}/signer/v1/keys_pb.ts`);
    const { code, stderr } = await generate();
    assert.equal(code, 0, stderr);
    assert.equal(await Deno.readTextFile(`${generated}/signer/v1/keys_pb.ts`), keys);
    await assert.rejects(Deno.stat(`${generated}/old_pb.ts`), Deno.errors.NotFound);
  });
});
