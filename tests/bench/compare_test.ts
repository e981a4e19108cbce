/** The comparison of runs. @module */
import assert from "node:assert/strict";
import {
  type Change,
  compareReports,
  type Comparison,
  randomNumbers,
  readRuns,
  renderRuns,
  type Report,
} from "../../src/bench/mod.ts";
import { simulateSlices, slicedRun } from "./_drifting.ts";
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
    if (changed(compareReports(runsOf(5, seed), runsOf(5, seed + 1000)).changes).length > 0) {
      wrong++;
    }
  }
  assert.ok(wrong <= 2, `${wrong} of 40`);
});

Deno.test("a slowdown of a tenth is found with five runs on each side", () => {
  let found = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const { changes } = compareReports(runsOf(5, seed), runsOf(5, seed + 1000, 1.1));
    if (changes.some(({ figure, verdict }) => figure === "mean" && verdict === "worse")) found++;
  }
  assert.ok(found >= 36, `${found} of 40`);
});

Deno.test("a higher rate of requests is reported as better", () => {
  const runs = (perWindow: number) =>
    [1, 2, 3, 4, 5].map((seed) => reportWith({ seed, perWindow: perWindow + seed }));
  const { changes } = compareReports(runs(200), runs(260));
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
    const { changes } = compareReports(runsOf(a, 1), runsOf(b, 2, 3));
    const [mean] = changes.filter(({ figure }) => figure === "mean");
    assert.equal(mean.verdict, enough ? "worse" : "unknown");
  });
}

Deno.test("many runs are compared by random splits, reproducible by seed", () => {
  const compared = () => compareReports(runsOf(12, 1), runsOf(12, 2), { seed: 7 });
  assert.deepEqual(compared(), compared());
});

/** Returns 5 runs a side in slices that took turns on a drifting machine. */
function pairedRuns(slices: number, change: number, seed: number, runs = 5): Sides {
  const { before, after } = simulateSlices(runs * slices, change, seed);
  const reports = (logs: readonly number[]) =>
    Array.from(
      { length: runs },
      (_, run) => slicedRun(logs.slice(run * slices, (run + 1) * slices).map(Math.exp)),
    );
  return { before: reports(before), after: reports(after) };
}

interface Sides {
  readonly before: Report[];
  readonly after: Report[];
}

// Whole runs hid a slowdown of 10 %: 0 of 3 comparisons with runs of 2 s found it, for runs of one server vary by 14 %.
Deno.test("a server that became slower by a tenth is found among runs that vary by more", () => {
  let [found, foundByRuns] = [0, 0];
  const isFound = ({ changes }: Comparison) =>
    changes.some(({ figure, verdict }) => figure === "server CPU" && verdict === "worse");
  for (let seed = 1; seed <= 20; seed++) {
    const { before, after } = pairedRuns(20, Math.log(1.1), seed);
    if (isFound(compareReports(before, after, { paired: true, seed }))) found++;
    if (isFound(compareReports(before, after, { seed }))) foundByRuns++;
  }
  assert.ok(found >= 18, `${found} of 20`);
  assert.ok(foundByRuns < found, `${foundByRuns} of 20 by whole runs`);
});

Deno.test("at most 5 % of 40 comparisons of equal servers find a change by pairs", () => {
  let wrong = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const { before, after } = pairedRuns(4, 0, seed);
    if (changed(compareReports(before, after, { paired: true, seed }).changes).length > 0) wrong++;
  }
  assert.ok(wrong <= 2, `${wrong} of 40`);
});

Deno.test("a change by pairs has the interval in which it is", () => {
  const { before, after } = pairedRuns(8, Math.log(2), 1);
  const { pairs, changes } = compareReports(before, after, { paired: true });
  const { ratio, interval, p } = changes.find(({ figure }) => figure === "mean")!;
  assert.equal(pairs, 40);
  assert.ok(p < 0.001);
  assert.ok(ratio > interval!.low && ratio < interval!.high);
  assert.ok(interval!.low > 1.8 && interval!.high < 2.2, JSON.stringify(interval));
});

Deno.test("4 runs a side are not enough for a verdict by pairs", () => {
  const { before, after } = pairedRuns(8, Math.log(2), 1, 4);
  const { changes } = compareReports(before, after, { paired: true });
  assert.deepEqual(new Set(changes.map(({ verdict }) => verdict)), new Set(["unknown"]));
});

Deno.test("runs are compared as a whole where their slices make no pairs", () => {
  const { before, after } = pairedRuns(8, 0, 1);
  const whole = before.map(({ options: { slices: _, ...options }, ...run }) => ({
    ...run,
    options: options as Report["options"],
  }));
  assert.equal(compareReports(before, after).pairs, 0);
  assert.equal(compareReports(whole, after, { paired: true }).pairs, 0);
  // 6 pairs cannot be significant: 2 of 64 combinations have one sign.
  const short = pairedRuns(1, 0, 1, 6);
  assert.equal(compareReports(short.before, short.after, { paired: true }).pairs, 0);
});

Deno.test("an interrupted run is compared by the pairs of slices that it has", () => {
  const { before, after } = pairedRuns(8, 0, 1);
  const cut = [...after.slice(0, 4), { ...after[4], windows: after[4].windows.slice(0, 3) }];
  assert.equal(compareReports(before, cut, { paired: true }).pairs, 35);
});

Deno.test("repeated runs survive a round trip through JSON", () => {
  const runs = { runs: runsOf(2, 1), against: runsOf(2, 2) };
  assert.deepEqual(readRuns(renderRuns(runs), "a"), runs);
  assert.throws(() => readRuns('{"signerBench": 1, "runs": []}', "a"), { code: "BAD_REPORT" });
});
