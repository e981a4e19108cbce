import assert from "node:assert/strict";
import {
  BUCKETS,
  createCounterMemory,
  Exposition,
  formatOf,
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
  assert.deepEqual(counts.connections[0], { transport: "tcp", opened: 2, closed: 1, streams: 7 });
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

Deno.test("label values are quoted: a certificate's subject may have quotes", () => {
  const text = new Exposition("prometheus");
  text.add("signer_certificate_expiry_timestamp_seconds", [[1, 'CN="a"\\b\nO=c', "01"]]);
  assert.match(`${text}`, /\{subject="CN=\\"a\\"\\\\b\\nO=c",serial="01"\} 1\n/);
});

Deno.test("OpenMetrics names counters without _total, and ends in EOF", () => {
  const text = new Exposition(formatOf("application/openmetrics-text;version=1.0.0,*/*;q=0.1"));
  text.add("signer_worker_failures_total", [[3]]);
  assert.match(`${text}`, /^# TYPE signer_worker_failures counter$/m);
  assert.match(`${text}`, /^signer_worker_failures_total 3$/m);
  assert.ok(`${text}`.endsWith("# EOF\n"));
});
