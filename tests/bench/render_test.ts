/** The formats of reports. @module */
import assert from "node:assert/strict";
import {
  buildReport,
  Histogram,
  type Measured,
  renderReport,
  type Report,
  type ReportFormat,
  reportFormats,
} from "../../src/bench/mod.ts";
import { gate } from "../_support/gate.ts";
import { measured } from "./_report.ts";

const usage = (cores: number) => ({
  cpuSeconds: cores * 2,
  cores,
  residentBytes: { first: 50 * 2 ** 20, last: 60 * 2 ** 20, peak: 61 * 2 ** 20 },
  descriptors: { first: 20, last: 21, peak: 25 },
  course: [0, 1000, 2000].map((at, i) => ({
    at,
    residentBytes: (50 + 5 * i) * 2 ** 20,
    descriptors: 20,
  })),
});

/** Returns the report of a known load: 90 requests of 1 ms, one of 10 ms, and errors; 100 in all. */
function known(changes: Partial<Measured> = {}): Report {
  const latency = new Histogram();
  for (let i = 0; i < 90; i++) latency.record(1_000_000);
  latency.record(10_000_000);
  const sent = new Histogram();
  for (let i = 0; i < 91; i++) sent.record(900_000);
  return buildReport({
    ...measured({ seed: 1 }),
    name: "known <b>",
    elapsed: 2000,
    outcomes: { OK: 91, UNAVAILABLE: 9 },
    messages: [['UNAVAILABLE: No <connection> & "more"', 9]],
    corrected: latency,
    uncorrected: sent,
    lateness: new Histogram(),
    windows: [0, 1000].map((start) => ({ start, duration: 1000, errors: 4, latency })),
    resources: [{ client: usage(0.95), server: usage(0.5) }],
    ...changes,
  });
}

const [test, { golden }] = await gate(["read"], () =>
  Promise.resolve({
    golden: (format: ReportFormat) =>
      Deno.readTextFile(new URL(`testdata/report_${format}.golden`, import.meta.url)),
  }));

for (const format of reportFormats) {
  test(`a report in the format ${format} equals its golden file`, async () => {
    assert.equal(renderReport(known(), format), await golden(format));
  });
}

Deno.test("the fields of ghz have ghz's units: nanoseconds, and seconds in the histogram", () => {
  const report = known();
  assert.equal(report.total, 2e9);
  assert.equal(report.rps, 50);
  assert.equal(report.fastest, 1e6);
  assert.equal(report.slowest, 1e7);
  assert.equal(report.histogram[0].mark, 0.001);
  assert.equal(report.histogram.reduce((sum, { count }) => sum + count, 0), 91);
  assert.equal(report.latencyDistribution[2].percentage, 50);
});

Deno.test("a load without a success renders in all formats", () => {
  const none = new Histogram();
  const empty = known({
    outcomes: { UNAVAILABLE: 5 },
    corrected: none,
    uncorrected: none,
    windows: [],
    resources: [],
  });
  for (const format of reportFormats) {
    const text = renderReport(empty, format);
    assert.doesNotMatch(text, /NaN|undefined|Infinity/, format);
  }
});

Deno.test("text of the server is escaped in markup", () => {
  const html = renderReport(known(), "html");
  assert.match(html, /known &lt;b&gt;/);
  assert.doesNotMatch(html, /<b>|<connection>|<script/);
  const prometheus = renderReport(
    known({ options: { ...measured({ seed: 1 }).options, call: 'a"b\\c\n' } }),
    "prometheus",
  );
  assert.match(prometheus, /call="a\\"b\\\\c\\n"/);
});

Deno.test("the HTML page loads no other resource", () => {
  const html = renderReport(known(), "html");
  assert.doesNotMatch(html, /(?:src|href)=|url\(|https?:/);
});

Deno.test("a client with busy threads is reported as the bottleneck", () => {
  assert.match(known().warnings.join(), /The client was the bottleneck: .* 95 %/);
  assert.deepEqual(known({ resources: [{ client: usage(0.5), server: undefined }] }).warnings, []);
});

Deno.test("a late pacer is reported", () => {
  const lateness = new Histogram();
  for (let i = 0; i < 100; i++) lateness.record(i < 95 ? 0 : 50_000_000);
  const report = known({ resources: [], lateness });
  assert.match(report.warnings.join(), /One request of a hundred was sent 50\.\d ms late/);
  const closed = known({
    resources: [],
    lateness,
    options: { ...measured({ seed: 1 }).options, "load-schedule": "closed" },
  });
  assert.deepEqual(closed.warnings, []);
});

// A server that refused everything had a "Fastest" and an "Average" of 0 ns.
test("a summary without a success has no latencies", () => {
  const empty = new Histogram();
  const text = renderReport(
    known({ outcomes: { UNAVAILABLE: 9 }, corrected: empty, uncorrected: empty }),
    "summary",
  );
  assert.doesNotMatch(text, /Slowest|Fastest|Average|Deviation|\bms\b.*%/);
  assert.match(text, /\[UNAVAILABLE\] +9 responses/);
});
