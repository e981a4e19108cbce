import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { gate } from "../../_support/gate.ts";

const [test, { runCode }] = await gate(
  ["env", "ffi", "net", "read", "run", "sys"],
  () => import("../../_support/run_code.ts"),
);

// V8 runs microtasks while Deno loads zlib. A handler that waited for two messages at once went on with the first while the
// second was decompressed, read a third message that is not compressed, and had it in the place of the second.
test("Messages keep their order when the first compressed one loads zlib", async () => {
  const second = gzipSync(JSON.stringify("second")).toString("base64");
  const program = new URL("./_first_gzip.ts", import.meta.url);
  const output = await runCode(`import "${program}";`, { args: [second] });
  assert.equal(output, "first second third\n");
});
