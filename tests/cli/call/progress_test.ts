import assert from "node:assert/strict";
import { progressText } from "../../../src/cli/call/progress.ts";

const MIB = 2 ** 20;

Deno.test("progress is a number of bytes, and a share of a file whose size is known", () => {
  assert.equal(progressText("a", 12.4 * MIB, 100 * MIB), "read 12 MiB of 100 MiB (12 %): a");
  assert.equal(progressText("a", 99.9 * MIB, 100 * MIB), "read 100 MiB of 100 MiB (99 %): a");
  assert.equal(progressText("pipe", 3 * MIB, 0), "read 3 MiB: pipe");
});
