/** Workers that hang, exit or crash. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gate } from "../../_support/gate.ts";
import { hasEnded } from "../../../src/grpc/native/workers/_thread_presence.ts";

const [test] = await gate(
  ["net", "env", "read", "run", "sys", "ffi"],
  () => Promise.resolve({}),
);

test("Workers that hang or exit are replaced, and busy ones are not", async () => {
  const script = fileURLToPath(new URL("./_worker_failures.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--quiet", "--no-check", "-P=test", script],
    env: { NO_COLOR: "1" },
  }).output();
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert.equal(code, 0, output);
  assert.match(output, /ok \| 4 passed/);
});

/** Descriptors that Deno itself may open at any time. */
const DENO_OWN = 4;

/** Descriptors of a reactor, which a failed thread leaves open. */
const REACTOR_DESCRIPTORS = 3;

/** Number of failures that `_worker_deaths.ts` measures. An acceptor alone would leave nine descriptors each time. */
const DEATHS = 4;

const leftovers = { die: 0, end: REACTOR_DESCRIPTORS, hang: REACTOR_DESCRIPTORS } as const;

for (const [asked, perDeath] of Object.entries(leftovers)) {
  test(`Workers that fail repeatedly ("${asked}") leave no descriptor open`, async () => {
    // In a child process, because the test files of one run share a process.
    const script = fileURLToPath(new URL("./_worker_deaths.ts", import.meta.url));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--allow-all", script, asked, `${DEATHS}`],
      stderr: "null",
    }).output();
    const grown = new TextDecoder().decode(stdout);
    assert.match(grown, /^-?\d+\n$/);
    assert.ok(Number(grown) <= DENO_OWN + DEATHS * perDeath, `${grown} descriptors were left open`);
  });
}

Deno.test("A thread without a folder in /proc does not count as ended", () => {
  assert.equal(hasEnded(-1), false);
});
