import assert from "node:assert/strict";
import { mergeReports, readReport, renderReport } from "../../src/bench/mod.ts";
import { reportWith } from "./_report.ts";

Deno.test("a merged report has the requests of all machines and the sum of their rates", () => {
  const [a, b] = [reportWith({ seed: 1 }), reportWith({ seed: 2, perWindow: 300 })];
  const merged = mergeReports([a, b]);
  assert.equal(merged.count, 4000 + 6000);
  assert.equal(merged.rps, a.rps + b.rps);
  assert.deepEqual(merged.statusCodeDistribution, { OK: 10_000 });
  assert.equal(merged.slowest, Math.max(a.slowest, b.slowest));
  assert.equal(merged.options.concurrency, 16);
  assert.equal(merged.windows.length, 20);
  assert.equal(
    merged.windows[0].hdr.counts.filter((_, i) => i % 2 === 1)
      .reduce((sum, count) => sum + count),
    500,
  );
});

Deno.test("windows of different lengths are merged to equal lengths", () => {
  const long = reportWith({ seed: 2 });
  const doubled = { ...long, windows: long.windows.map((w) => ({ ...w, duration: 200 })) };
  const { windows } = mergeReports([reportWith({ seed: 1 }), doubled]);
  assert.deepEqual(windows.slice(0, 3).map(({ start }) => start), [0, 200, 400]);
  assert.deepEqual(new Set(windows.slice(0, 10).map(({ duration }) => duration)), new Set([200]));
});

Deno.test("`mergeReports()` refuses reports of different methods, and none at all", () => {
  const other = reportWith({ seed: 2 });
  const reports = [
    reportWith({ seed: 1 }),
    { ...other, options: { ...other.options, call: "connect" } },
  ];
  assert.throws(() => mergeReports(reports), { code: "BAD_REPORT", message: /connect/ });
  assert.throws(() => mergeReports([]), { code: "BAD_REPORT" });
});

Deno.test("a report survives a round trip through JSON", () => {
  const report = reportWith({ seed: 3 });
  assert.deepEqual(readReport(renderReport(report, "json"), "a"), report);
});

for (
  const [what, text, message] of [
    ["what is not JSON", "{", /^a is not JSON$/],
    ["JSON of another kind", '{"count": 1}', /^a is not a report/],
    ["null", "null", /^a is not a report/],
    ["a report without its histogram", '{"signerBench": 1, "windows": []}', /^a is damaged/],
  ] as const
) {
  Deno.test(`\`readReport()\` refuses ${what}`, () => {
    assert.throws(() => readReport(text, "a"), { code: "BAD_REPORT", message });
  });
}
