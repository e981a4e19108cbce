import assert from "node:assert/strict";
import { runnable, shellBlocks } from "./_blocks.ts";

Deno.test("blocks of sh are run, unless they give a reason", () => {
  const page =
    '```sh\none\ntwo\n```\n\n```json\n{}\n```\n\n   ```sh not-run="needs Docker"\n   three\n   ```\n';
  assert.deepEqual(shellBlocks(page), [
    { line: 2, text: "one\ntwo", notRun: undefined },
    { line: 11, text: "   three", notRun: "needs Docker" },
  ]);
});

Deno.test("a misspelt reason is an error, so that no block is passed over", () => {
  assert.throws(() => shellBlocks("```sh notrun\none\n```\n"), { message: "Line 1: ```sh notrun" });
});

Deno.test("a command in another block is an error, so that it is run or gives a reason", () => {
  assert.throws(() => shellBlocks("```console\n$ signer call keys\n```\n"), {
    message: "Line 2: a command has its place in a block of sh",
  });
});

Deno.test("ports, addresses of other machines and vsock are replaced", () => {
  const text =
    "serve --vsock 5000\ncall --to vsock:16:5000\nbench --to 10.0.0.5:50051 0.0.0.0:9464";
  assert.equal(
    runnable([{ line: 1, text, notRun: undefined }], [1, 2, 3]),
    "serve --unix vsock-5000\ncall --to unix:vsock-5000\nbench --to 127.0.0.1:1 127.0.0.1:3",
  );
});
