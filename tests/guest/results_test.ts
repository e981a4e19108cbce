import assert from "node:assert/strict";
import { parseResults } from "../../scripts/guest_vm/results.ts";

Deno.test("`parseResults()` reads a run that passed", () => {
  const expected = { passed: 12, failed: 0, ignored: 0 };
  assert.deepEqual(parseResults("a ... ok (1ms)\n\nok | 12 passed | 0 failed (5s)\n\n"), expected);
});

Deno.test("`parseResults()` reads steps, ignored and filtered tests", () => {
  const output =
    "FAILED | 3 passed (2 steps) | 1 failed (1 step) | 4 ignored | 5 filtered out (9ms)\n";
  assert.deepEqual(parseResults(output), { passed: 3, failed: 1, ignored: 4 });
});

Deno.test("`parseResults()` returns the last of several runs", () => {
  const output = "ok | 3 passed | 0 failed (1ms)\nFAILED | 0 passed | 1 failed (1ms)\n";
  assert.deepEqual(parseResults(output), { passed: 0, failed: 1, ignored: 0 });
});

Deno.test("`parseResults()` returns undefined when no run ended", () => {
  assert.equal(parseResults(""), undefined);
  assert.equal(parseResults("prints ok | 3 passed | 0 failed (1ms)\n"), undefined);
  assert.equal(parseResults("ok | 3 passed"), undefined);
});
