import assert from "node:assert/strict";
import { compareReports, MIN_WINDOWS, type Report } from "../../src/bench/mod.ts";
import { reportWith } from "./_report.ts";

function verdicts(before: Report, after: Report): Record<string, string> {
  const changes = compareReports(before, after);
  return Object.fromEntries(changes.map(({ figure, verdict }) => [figure, verdict]));
}

Deno.test("two runs of the same server are within noise", () => {
  for (let seed = 1; seed <= 3; seed++) {
    const found = verdicts(reportWith({ seed }), reportWith({ seed: seed + 100 }));
    const wrong = Object.values(found).filter((verdict) => verdict !== "same").length;
    // At 95 % one of the 21 figures may well be outside.
    assert.ok(wrong <= 1, JSON.stringify(found));
  }
});

Deno.test("a server that has become slower by a fifth is worse in every figure", () => {
  const found = verdicts(reportWith({ seed: 1 }), reportWith({ seed: 2, factor: 1.2 }));
  for (const figure of ["mean", "p50", "p90", "p95", "p99"]) {
    assert.equal(found[figure], "worse", figure);
  }
});

Deno.test("a server that answers more requests is better in that", () => {
  const found = verdicts(
    reportWith({ seed: 1, perWindow: 200 }),
    reportWith({ seed: 2, perWindow: 260 }),
  );
  assert.equal(found.rps, "better");
  assert.equal(found.p50, "same");
});

Deno.test("the interval holds the true ratio in about as many cases as it says", () => {
  let held = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const [{ low, high }] = compareReports(
      reportWith({ seed, noise: 0.2, windows: 10 }),
      reportWith({ seed: seed + 1000, noise: 0.2, windows: 10, factor: 1.1 }),
    ).filter(({ figure }) => figure === "mean");
    if (low <= 1.1 && 1.1 <= high) held++;
  }
  assert.ok(held >= 10, `${held} of 12`);
});

Deno.test("`compareReports()` refuses a report with too few windows to know its noise", () => {
  const short = reportWith({ seed: 1, windows: MIN_WINDOWS - 1 });
  assert.throws(() => compareReports(short, reportWith({ seed: 2 })), { code: "BAD_REPORT" });
});
