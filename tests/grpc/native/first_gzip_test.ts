import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { framed } from "../../_support/framed.ts";
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

// The client loaded zlib within the first compressed response. A call that a microtask cancelled meanwhile had its end
// reported first, and then the response.
test("A call that is cancelled while its compressed response loads zlib has no response after its end", async () => {
  const response = framed(gzipSync(new Uint8Array(8)), 1).toBase64();
  const program = new URL("./_first_gzip_response.ts", import.meta.url);
  const output = await runCode(`import "${program}";`, { args: [response] });
  assert.equal(output, "CANCELLED\n");
});
