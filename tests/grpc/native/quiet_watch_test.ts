/** The detection of quiet after a load. @module */
import assert from "node:assert/strict";
import { QuietWatch } from "../../../src/grpc/native/server/quiet_watch.ts";

/** Returns the answers of a watch for the marks of progress in each interval. */
function answers(...marks: number[]): boolean[] {
  const watch = new QuietWatch();
  watch.isQuiet(0);
  let progress = 0;
  return marks.map((more) => watch.isQuiet(progress += more));
}

Deno.test("the start counts as a load", () => {
  const watch = new QuietWatch();
  assert.equal(watch.isQuiet(20), true);
  assert.equal(watch.isQuiet(40), false);
});

Deno.test("the count may pass 2^32", () => {
  const watch = new QuietWatch();
  const counts = [2 ** 32 - 1_000_000, 2 ** 32 - 10, 10, 30];
  assert.deepEqual(counts.map((count) => watch.isQuiet(count)), [false, true, false, false]);
});

Deno.test("a load that begins with the start ends before the first quiet", () => {
  const watch = new QuietWatch();
  const counts = [50_000, 120_000, 120_010, 120_020];
  assert.deepEqual(counts.map((count) => watch.isQuiet(count)), [false, false, true, false]);
});

Deno.test("quiet is reported once after each load", () => {
  const marks = [10, 90_000, 80_000, 10, 10, 5_000, 0, 0];
  assert.deepEqual(answers(...marks), [false, false, false, true, false, false, true, false]);
});

Deno.test("quiet is less than an eighth of the busiest interval", () => {
  assert.deepEqual(answers(80_000, 10_001, 9_999), [false, false, true]);
});

Deno.test("a few calls, or a constant load, are never followed by quiet", () => {
  assert.deepEqual(answers(...[900, 0, 900, 0]), [false, false, false, false]);
  assert.deepEqual(answers(...Array(5).fill(3_000)), Array(5).fill(false));
});
