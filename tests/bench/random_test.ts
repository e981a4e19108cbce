import assert from "node:assert/strict";
import { randomBytes, randomNumbers } from "../../src/bench/mod.ts";

Deno.test("random numbers depend on the seed alone", () => {
  assert.deepEqual(randomBytes(100, 5), randomBytes(100, 5));
  assert.notDeepEqual(randomBytes(100, 5), randomBytes(100, 6));
});

Deno.test("random numbers are distributed evenly from 0 to 1 for every seed", () => {
  for (const seed of [0, 1, 2, 2 ** 31 - 1]) {
    const random = randomNumbers(seed);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i++) tenths[Math.floor(random() * 10)]++;
    assert.ok(tenths.every((count) => count > 850 && count < 1150), `${seed}: ${tenths}`);
  }
});
