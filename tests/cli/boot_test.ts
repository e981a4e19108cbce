/** `signer boot`, outside of a guest. `deno task test:image` boots one. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import { runCode } from "../_support/run_code.ts";

const [test, loaded] = await gate(
  ["env", "ffi", "read", "run", "sys", "write"],
  async () => ({
    ...await import("../../src/cli/boot/run.ts"),
    ...await import("../../src/ffi/mod.ts"),
  }),
);
// Loaded here: it stays loaded, which is no leak of the test that needs it first.
loaded.libc?.isSupported();
const { waitForEntropy, libc } = loaded;

test("boot waits for the kernel's entropy", async () => {
  let looks = 0;
  await waitForEntropy(() => ++looks === 3, 10_000);
  assert.equal(looks, 3);
});

test("boot serves nothing without entropy, with which keys could be guessed", async () => {
  await assert.rejects(waitForEntropy(() => false, 100), {
    message: "The kernel has no entropy after 0.1 s, so that keys could be guessed",
    hint: "Give the guest a virtio-rng device, or the kernel random.trust_cpu=on",
  });
});

test("this machine has entropy", () => {
  assert.equal(libc.isEntropyReady(), true);
});

test("a process that reaps leaves no child as a zombie", async () => {
  // In a process of its own, as the disposition of SIGCHLD is the whole process's.
  const code = `
    import { libc } from ${JSON.stringify(import.meta.resolve("../../src/ffi/mod.ts"))};
    libc.reapChildren();
    const child = libc.spawn("/bin/true", ["true"], {});
    for (let looks = 0; looks < 1000 && libc.readSmallFile(\`/proc/\${child}/stat\`); looks++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    console.log(libc.readSmallFile(\`/proc/\${child}/stat\`) ?? "reaped");`;
  assert.equal(await runCode(code), "reaped\n");
});
