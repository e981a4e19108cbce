import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["env", "ffi", "read", "run"], () => Promise.resolve({}));

// Now and then a process that had generated keys died as it ended, of a segmentation fault or "double free
// or corruption": libcrypto gave back what it had on the thread that exits, while the threads of the
// generation, which end then as well, took themselves out of it. One process in some 20 did, with 48 keys;
// so this does not always see the fault, but never sees one that is not there.
test("A process that has generated keys on other threads ends as it should", async () => {
  const children = Array.from({ length: 8 }, () =>
    new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--allow-env", "--allow-ffi"],
        join(import.meta.dirname!, "_key_threads.ts"),
      ],
    }).output());
  for (const { code, signal, stderr } of await Promise.all(children)) {
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, new TextDecoder().decode(stderr));
  }
});
