/** Histograms of latencies. @module */
import assert from "node:assert/strict";
import { Histogram, indexOf, lowestOf, randomNumbers } from "../../src/bench/mod.ts";

/** Returns the exact percentile of a sorted list. */
function exactPercentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(1, Math.ceil(percent / 100 * sorted.length - 1e-9)) - 1];
}

const percents = [0.1, 10, 50, 90, 99, 99.9, 99.99, 100];

Deno.test("percentiles have an error of at most a thousandth, from nanoseconds to minutes", () => {
  for (const scale of [10, 1e3, 1e6, 1e9, 6e10]) {
    const random = randomNumbers(scale);
    const values = Array.from(
      { length: 20_000 },
      () => Math.round(-Math.log(1 - random()) * scale),
    );
    const histogram = new Histogram();
    for (const value of values) histogram.record(value);
    values.sort((a, b) => a - b);
    for (const percent of percents) {
      const truth = exactPercentile(values, percent);
      const found = histogram.percentile(percent);
      assert.ok(Math.abs(found - truth) <= truth / 1000 + 1, `p${percent}: ${found}, not ${truth}`);
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(histogram.mean - mean) < 1e-6 * mean);
    const deviation = Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
    );
    assert.ok(Math.abs(histogram.deviation - deviation) < 0.01 * deviation);
    assert.equal(histogram.min, values[0]);
    assert.equal(histogram.max, values.at(-1));
  }
});

Deno.test("buckets follow each other without a gap", () => {
  for (
    const value of [0, 1, 2047, 2048, 2049, 4095, 4096, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 41]
  ) {
    const index = indexOf(value);
    assert.ok(lowestOf(index) <= value && value < lowestOf(index + 1), `${value} in ${index}`);
    assert.equal(indexOf(lowestOf(index)), index);
  }
});

Deno.test("values outside the range of the histogram count at its ends", () => {
  const histogram = new Histogram();
  histogram.record(-5);
  histogram.record(2 ** 50);
  assert.equal(histogram.min, 0);
  assert.equal(histogram.max, 2 ** 42);
  assert.equal(histogram.count, 2);
});

Deno.test("an empty histogram has figures of 0", () => {
  const histogram = new Histogram();
  assert.deepEqual(
    [histogram.percentile(99), histogram.mean, histogram.deviation, histogram.max],
    [0, 0, 0, 0],
  );
});

Deno.test("`add()` and `since()` are inverse", () => {
  const [early, late] = [new Histogram(), new Histogram()];
  for (let i = 0; i < 1000; i++) early.record(i * 1000);
  const all = early.copy();
  for (let i = 0; i < 500; i++) {
    late.record(i * 7000);
    all.record(i * 7000);
  }
  const difference = all.since(early);
  assert.deepEqual([...difference.buckets()], [...late.buckets()]);
  assert.equal(difference.sum, late.sum);
  early.add(late);
  assert.deepEqual(early.toEncoded(), all.toEncoded());
});

Deno.test("two histograms on the same shared memory have the same counts", () => {
  const buffer = new SharedArrayBuffer(Histogram.BYTES);
  Histogram.at(buffer, 0).record(123);
  assert.equal(Histogram.at(buffer, 0).max, 123);
});

Deno.test("a histogram survives a round trip through JSON", () => {
  const histogram = new Histogram();
  for (const value of [1, 5000, 123_456_789]) histogram.record(value);
  const encoded = JSON.parse(JSON.stringify(histogram.toEncoded()));
  assert.deepEqual(Histogram.fromEncoded(encoded).toEncoded(), histogram.toEncoded());
});

Deno.test("`fromEncoded()` refuses malformed histograms", () => {
  const good = { significantBits: 10, sum: 1, min: 1, max: 1, counts: [1, 1] };
  for (
    const bad of [
      { ...good, significantBits: 3 },
      { ...good, counts: [1] },
      { ...good, counts: [1e9, 1] },
      { ...good, counts: [1, -1] },
      { ...good, sum: NaN },
      { ...good, max: 1e300 },
      { ...good, min: 5, max: 5 },
    ]
  ) {
    assert.throws(() => Histogram.fromEncoded(bad), TypeError);
  }
});
