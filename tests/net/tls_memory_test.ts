/**
 * The memory that TLS takes from malloc(3). The leak check of the suite counts objects of OpenSSL by the functions that
 * make and free them, so it sees no object that OpenSSL makes by itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gate } from "../_support/gate.ts";

const [test] = await gate(["env", "ffi", "net", "read", "run"], () => Promise.resolve({}));

/** 2 KiB: a leaked certificate takes more, a context 24 KiB, and the measurement varies by less than 1 KiB. */
const MAX_GROWTH = 2_048;

test("contexts, handshakes and refused handshakes leave no memory behind", async () => {
  // In a child process, because concurrent tests share this one's memory.
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-P=test", "--v8-flags=--expose-gc"],
      join(import.meta.dirname!, "_tls_memory.ts"),
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const growth: Record<string, number> = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(Object.keys(growth).length, 3);
  for (const [work, bytes] of Object.entries(growth)) {
    assert.ok(bytes < MAX_GROWTH, `Each round of ${work} leaves ${bytes} bytes`);
  }
});
