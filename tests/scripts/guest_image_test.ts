/** The command line of `deno task image`. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../_support/gate.ts";
import { run } from "../_support/peers.ts";

const [test] = await gate(["env", "read", "run", "write"], () => Promise.resolve({}));

const script = fileURLToPath(new URL("../../scripts/guest_image.ts", import.meta.url));

const refusals: Readonly<Record<string, readonly [args: readonly string[], reason: RegExp]>> = {
  "no options of serve": [[], /options of `signer serve` are missing/],
  // The image was made, and its guest ended right after the boot.
  "an option that serve does not take": [["--", "--vsok", "5000"], /Unknown option '--vsok'/],
  "a value that serve does not take": [["--", "--generate", "rsa"], /argument 'rsa' is invalid/],
  "a kernel that is not there": [["--kernel", "/nowhere", "--", "--vsock", "5000"], /no \/nowhere/],
};

for (const [name, [args, reason]] of Object.entries(refusals)) {
  test(`an image is not made with ${name}`, async () => {
    const made = await run(Deno.execPath(), "run", "--quiet", "-P=test", script, ...args);
    assert.equal(made.code, 1);
    assert.match(made.stderr, reason);
    assert.equal(made.stdout, "");
  });
}
