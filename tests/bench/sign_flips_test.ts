/** The permutation test of paired runs. @module */
import assert from "node:assert/strict";
import { type PairedResult, signFlipTest, SIGNIFICANCE } from "../../src/bench/mod.ts";
import { simulateSlices } from "./_drifting.ts";

/** Returns the differences of several independent figures, of which the first has changed. */
function differencesOf(pairs: number, change: number, seed: number): number[][] {
  return [0, 1, 2].map((figure) => {
    const { before, after } = simulateSlices(pairs, figure === 0 ? change : 0, 3 * seed + figure);
    return after.map((value, i) => value - before[i]);
  });
}

/** Tests differences in pairs of equal weight. */
function testOf(figures: readonly (readonly number[])[], seed = 1): PairedResult[] {
  const weights = figures[0].map(() => 1);
  return signFlipTest({ figures, weights }, SIGNIFICANCE, seed);
}

/** Returns the share of simulated comparisons in which any figure has changed. */
function shareFound(pairs: number, change: number, comparisons: number): number {
  let found = 0;
  for (let seed = 1; seed <= comparisons; seed++) {
    const results = testOf(differencesOf(pairs, change, seed), seed);
    if (results.some(({ p }) => p <= SIGNIFICANCE)) found++;
  }
  return found / comparisons;
}

for (const pairs of [8, 40]) {
  Deno.test(`on a drifting machine, ${pairs} pairs of equal servers differ in 2.5 % of comparisons`, () => {
    const share = shareFound(pairs, 0, 400);
    // 2.5 standard errors of 400 comparisons above 2.5 %.
    assert.ok(share <= 0.045, `${share}`);
  });
}

Deno.test("on a drifting machine, 100 pairs find a change of a tenth in 9 of 10 comparisons", () => {
  const share = shareFound(100, Math.log(1.1), 100);
  assert.ok(share >= 0.9, `${share}`);
});

Deno.test("the confidence intervals have the change in at least 97.5 % of comparisons", () => {
  const change = Math.log(1.1);
  let missed = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const [{ low, high }] = testOf(differencesOf(40, change, seed), seed);
    if (change < low || change > high) missed++;
  }
  assert.ok(missed <= 10, `${missed} of 200`);
});

Deno.test("a few pairs are examined in all combinations of their signs", () => {
  // All 8 differences have one sign: 2 of 256 combinations are as extreme.
  const [{ p, difference, low, high }] = testOf([[1, 2, 3, 4, 5, 6, 7, 8]]);
  assert.equal(p, 2 / 256);
  assert.equal(difference, 4.5);
  assert.deepEqual([low, high], [2, 7]);
});

Deno.test("pairs without a figure, and equal pairs, are no evidence of a change", () => {
  const [{ p, difference }] = testOf([[NaN, 0, 0, 0.1, NaN, 0, 0, 0]]);
  assert.equal(p, 1);
  assert.equal(difference, 0);
});

Deno.test("a large outlier does not hide a change in all other pairs", () => {
  const differences = Array.from({ length: 20 }, (_, i) => i === 7 ? -10 : 0.1 + i / 1000);
  const [{ p, difference }] = testOf([differences]);
  assert.ok(p <= SIGNIFICANCE, `${p}`);
  assert.ok(Math.abs(difference - 0.11) < 0.01, `${difference}`);
});

Deno.test("pairs of little weight have little influence", () => {
  const differences = Array.from(
    { length: 20 },
    (_, i) => i < 10 ? 0.1 + i / 1000 : -0.2 - i / 1000,
  );
  const weights = differences.map((difference) => difference > 0 ? 10 : 0.1);
  const [weighted] = signFlipTest({ figures: [differences], weights }, SIGNIFICANCE, 1);
  assert.ok(weighted.p <= SIGNIFICANCE, `${weighted.p}`);
  assert.ok(weighted.difference > 0.1 && weighted.low > 0, JSON.stringify(weighted));
  const [equal] = testOf([differences]);
  assert.ok(equal.p > SIGNIFICANCE, `${equal.p}`);
});

Deno.test("equal weights of any size give the same result", () => {
  const figures = differencesOf(20, 0.1, 3);
  const weighted = (weight: number) =>
    signFlipTest({ figures, weights: figures[0].map(() => weight) }, SIGNIFICANCE, 1);
  assert.deepEqual(weighted(4), weighted(1));
});

Deno.test("a sample of combinations is drawn by the seed", () => {
  const test = (seed: number) => testOf(differencesOf(20, 0, 5), seed);
  assert.deepEqual(test(7), test(7));
});
