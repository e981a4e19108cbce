/** The comparison of runs. @module */
import assert from "node:assert/strict";
import {
  type Change,
  compareReports,
  randomNumbers,
  readRuns,
  renderRuns,
  type Report,
} from "../../src/bench/mod.ts";
import { reportWith } from "./_report.ts";

/** The relative standard deviation between runs of one server. */
const RUN_NOISE = 0.025;

/** Returns runs that each have a random speed. The windows of one run are alike. */
function runsOf(count: number, seed: number, factor = 1): Report[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const level = factor * Math.exp(RUN_NOISE * 2 * (random() + random() + random() - 1.5));
    return reportWith({
      seed: seed * 100 + i,
      factor: level,
      noise: 0,
      windows: 1,
      perWindow: 4000,
    });
  });
}

const changed = (changes: readonly Change[]) =>
  changes.filter(({ verdict }) => verdict === "better" || verdict === "worse");

// A comparison of windows within runs called 12 of 15 pairs of runs of one server "changed beyond noise", because
// whole runs differ.
Deno.test("at most 5 % of 40 comparisons of equal servers find a change", () => {
  let wrong = 0;
  for (let seed = 1; seed <= 40; seed++) {
    if (changed(compareReports(runsOf(5, seed), runsOf(5, seed + 1000))).length > 0) wrong++;
  }
  assert.ok(wrong <= 2, `${wrong} of 40`);
});

Deno.test("a slowdown of a tenth is found with five runs on each side", () => {
  let found = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const changes = compareReports(runsOf(5, seed), runsOf(5, seed + 1000, 1.1));
    if (changes.some(({ figure, verdict }) => figure === "mean" && verdict === "worse")) found++;
  }
  assert.ok(found >= 36, `${found} of 40`);
});

Deno.test("a higher rate of requests is reported as better", () => {
  const runs = (perWindow: number) =>
    [1, 2, 3, 4, 5].map((seed) => reportWith({ seed, perWindow: perWindow + seed }));
  const changes = compareReports(runs(200), runs(260));
  const verdicts = Object.fromEntries(changes.map(({ figure, verdict }) => [figure, verdict]));
  assert.equal(verdicts.rps, "better");
  assert.equal(verdicts.p50, "same");
});

for (
  const [a, b, enough] of [[1, 1, false], [4, 4, false], [2, 5, false], [5, 5, true], [
    4,
    5,
    true,
  ]] as const
) {
  Deno.test(`${a} runs and ${b} are ${enough ? "" : "not "}enough for a verdict`, () => {
    const changes = compareReports(runsOf(a, 1), runsOf(b, 2, 3));
    const [mean] = changes.filter(({ figure }) => figure === "mean");
    assert.equal(mean.verdict, enough ? "worse" : "unknown");
  });
}

Deno.test("many runs are compared by random splits, reproducible by seed", () => {
  const compared = () => compareReports(runsOf(12, 1), runsOf(12, 2), 7);
  assert.deepEqual(compared(), compared());
});

Deno.test("repeated runs survive a round trip through JSON", () => {
  const runs = { runs: runsOf(2, 1), against: runsOf(2, 2) };
  assert.deepEqual(readRuns(renderRuns(runs), "a"), runs);
  assert.throws(() => readRuns('{"signerBench": 1, "runs": []}', "a"), { code: "BAD_REPORT" });
});
