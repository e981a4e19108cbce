import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["env", "ffi", "read", "run"], () => Promise.resolve({}));

// One process in some 20 that had generated 48 keys died at its exit of a segmentation fault or "double free or
// corruption": libcrypto freed its state on the exiting thread while the threads of the generation removed theirs.
// So this test does not find the fault in each run, but has no false alarms.
test("A process that has generated keys on other threads exits without a crash", async () => {
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
