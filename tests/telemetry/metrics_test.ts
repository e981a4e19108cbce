/** The names, counters and text format of metrics. @module */
import assert from "node:assert/strict";
import { Exposition, formatOf } from "../../src/telemetry/exposition/mod.ts";
import {
  BUCKETS,
  createCounterMemory,
  MAX_SIGNATURES,
  metrics,
  OTHER,
  ThreadCounters,
} from "../../src/telemetry/metrics/mod.ts";

const docs = new URL("../../docs/metrics.md", import.meta.url);

Deno.test("`docs/metrics.md` lists every metric with its type, labels and meaning", () => {
  const rows = Object.entries(metrics).map(([name, { type, labels, help }]) =>
    [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(", "), help].join(" | ")
  );
  const table = Deno.readTextFileSync(docs).split("\n")
    .filter((line) => line.startsWith("| `") && line.split("|").length === 6)
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()).join(" | "));
  assert.deepEqual(table, rows);
});

Deno.test("names follow Prometheus's conventions", () => {
  for (const [name, { type }] of Object.entries(metrics)) {
    assert.match(name, /^(signer|process)_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
  }
});

Deno.test("no two metrics are of one family in OpenMetrics, which leaves _total out of its name", () => {
  // signer_connections was a gauge beside the counter signer_connections_total: parsers refuse the whole scrape.
  const families = Object.keys(metrics).map((name) => name.replace(/_total$/, ""));
  assert.deepEqual([...new Set(families)], families);
});

Deno.test("a reader of the memory sees the counts of its thread", () => {
  const memory = createCounterMemory();
  const thread = new ThreadCounters(memory);
  const echo = thread.method("/Echo");
  echo.ended(0);
  echo.ended(0);
  echo.ended(5);
  echo.measured(0.015);
  echo.measured(20_000);
  thread.method(undefined).ended(12);
  thread.signed("code", "ED25519");
  thread.signed("code", "ED25519");
  thread.connection("tcp", 1);
  thread.connection("tcp", 1);
  thread.connection("tcp", -1);
  thread.streams("tcp", 7);
  thread.bytes("tcp", 10, 4);
  thread.bytes("tcp", 20, 0);
  echo.waited(1.5);
  thread.limit("maxQueuedCalls");
  thread.limit("maxQueuedCalls");
  thread.lag(250);
  thread.thread(4711);
  thread.droppedLines(9);
  const counts = new ThreadCounters(memory).read();
  const [other, method] = counts.methods;
  assert.equal(other.method, OTHER);
  assert.equal(other.statuses[12], 1);
  assert.equal(method.method, "/Echo");
  assert.deepEqual([method.statuses[0], method.statuses[5]], [2, 1]);
  assert.equal(method.times[1], 1, "15 µs is in the bucket up to 20 µs");
  assert.equal(method.times[BUCKETS.length], 1, "20 s is in the bucket without a bound");
  assert.equal(method.seconds, 20.000015);
  assert.deepEqual(counts.signatures[1], { key: "code", algorithm: "ED25519", count: 2 });
  assert.deepEqual(counts.connections[0], {
    ...{ transport: "tcp", opened: 2, closed: 1, streams: 7, received: 30, sent: 4 },
  });
  assert.equal(method.waits[7], 1, "1.5 ms is in the bucket up to 2 ms");
  assert.equal(method.waitSeconds, 0.0015);
  assert.deepEqual(counts.limits.filter(({ count }) => count > 0), [
    { limit: "maxQueuedCalls", count: 2 },
  ]);
  assert.deepEqual([counts.thread, counts.droppedLines, counts.lagSeconds], [4711, 9, 0.25]);
});

Deno.test("a bucket of times keeps the trace of a call, and a newer one after a second", () => {
  const thread = new ThreadCounters(createCounterMemory());
  const echo = thread.method("/Echo");
  const [first, second] = ["1", "2"].map((digit) => digit.repeat(32));
  echo.measured(0.015);
  assert.deepEqual(thread.read().methods[1].exemplars.filter(Boolean), []);
  echo.measured(0.015, first);
  echo.measured(0.016, second);
  const [none, exemplar] = thread.read().methods[1].exemplars;
  assert.equal(none, undefined);
  assert.equal(exemplar?.traceId, first);
  assert.ok(Math.abs(exemplar!.seconds - 0.000015) < 1e-9);
  assert.ok(Math.abs(exemplar!.timestamp - Date.now() / 1_000) < 60);
});

Deno.test("exemplars are in OpenMetrics only", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const exemplars = [{ traceId, seconds: 0.000005, timestamp: 1_700_000_000.5 }];
  const times = BUCKETS.map((_, index) => index === 0 ? 1 : 0).concat(0);
  const textIn = (format: "prometheus" | "openmetrics") => {
    const text = new Exposition(format);
    text.addHistogram("signer_request_duration_seconds", [
      { values: ["/Echo"], times, seconds: 0.000005, exemplars },
    ]);
    return text.text();
  };
  const line =
    `_bucket{method="/Echo",le="0.00001"} 1 # {trace_id="${traceId}"} 0.000005 1700000000.5`;
  const openmetrics = await textIn("openmetrics");
  assert.ok(openmetrics.includes(line), openmetrics);
  assert.doesNotMatch(await textIn("prometheus"), /trace_id/);
});

Deno.test("the lag of a thread is the longest of the last timers, and none when they stop", () => {
  const thread = new ThreadCounters(createCounterMemory());
  thread.lag(70);
  for (let i = 0; i < 15; i++) thread.lag(1);
  assert.equal(thread.read().lagSeconds, 0.07);
  thread.lag(2);
  assert.equal(thread.read().lagSeconds, 0.002);
  thread.lag(undefined);
  assert.equal(thread.read().lagSeconds, 0);
});

Deno.test("calls that were not measured are recorded together at their mean", () => {
  const thread = new ThreadCounters(createCounterMemory());
  const echo = thread.method("/Echo");
  for (let i = 0; i < 63; i++) echo.estimated(0.004);
  assert.equal(thread.read().methods[1].times[0], 0);
  echo.estimated(0.004);
  assert.equal(thread.read().methods[1].times[0], 64);
});

Deno.test("keys beyond the limit share one series, so that a scrape stays small", () => {
  const thread = new ThreadCounters(createCounterMemory());
  for (let i = 0; i < MAX_SIGNATURES + 9; i++) thread.signed(`key-${i}`, "ED25519");
  const { signatures } = thread.read();
  assert.equal(signatures.length, MAX_SIGNATURES);
  assert.deepEqual(signatures[0], { key: OTHER, algorithm: OTHER, count: 10 });
});

Deno.test("label values are quoted: a certificate's subject may have quotes", async () => {
  const text = new Exposition("prometheus");
  text.add("signer_certificate_expiry_timestamp_seconds", [[1, 'CN="a"\\b\nO=c', "01"]]);
  assert.match(await text.text(), /\{subject="CN=\\"a\\"\\\\b\\nO=c",serial="01"\} 1\n/);
});

Deno.test("OpenMetrics names counters without _total, and ends in EOF", async () => {
  const exposition = new Exposition(
    formatOf("application/openmetrics-text;version=1.0.0,*/*;q=0.1"),
  );
  exposition.add("signer_worker_failures_total", [[3]]);
  const text = await exposition.text();
  assert.match(text, /^# TYPE signer_worker_failures counter$/m);
  assert.match(text, /^signer_worker_failures_total 3$/m);
  assert.ok(text.endsWith("# EOF\n"));
});
