/** Rates of rules: token buckets that threads share. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";

const [test, { RateLimits }] = await gate(
  ["env", "ffi", "read", "sys"],
  () => import("../../src/access/mod.ts"),
);

const rule = {
  name: undefined,
  line: 1,
  who: [{ anyone: true as const }],
  keys: [],
  operations: [],
  algorithms: undefined,
};
const rules = [
  { ...rule, rate: { perSecond: 10, burst: 3 } },
  { ...rule, rate: undefined },
  { ...rule, rate: { perSecond: 1 / 60, burst: 1 } },
];

test("a burst is taken at once, and then requests at the rate", () => {
  let now = 1_000_000;
  const rates = new RateLimits(rules, RateLimits.memory(rules), () => now);
  assert.deepEqual([1, 2, 3, 4].map(() => rates.take(0)), [0, 0, 0, 100]);
  now += 60;
  assert.equal(rates.take(0), 40);
  now += 40;
  assert.equal(rates.take(0), 0);
  assert.equal(rates.take(0), 100);
  now += 1_000_000;
  assert.deepEqual([1, 2, 3, 4].map(() => rates.take(0) > 0), [false, false, false, true]);
});

test("each rule has a bucket of its own, and a rule without a rate none", () => {
  const rates = new RateLimits(rules, RateLimits.memory(rules), () => 5_000);
  assert.equal(rates.take(2), 0);
  assert.equal(rates.take(2), 60_000);
  assert.equal(rates.take(0), 0);
  for (let i = 0; i < 100; i++) assert.equal(rates.take(1), 0);
});

test("threads share the buckets", () => {
  const memory = RateLimits.memory(rules);
  const [one, two] = [1, 2].map(() => new RateLimits(rules, memory, () => 7_000));
  assert.deepEqual([one!, two!, one!, two!].map((rates) => rates.take(0)), [0, 0, 0, 100]);
});

test("a clock that is set back leaves an empty bucket, and no more than that", () => {
  let now = 1e12;
  const rates = new RateLimits(rules, RateLimits.memory(rules), () => now);
  assert.equal(rates.take(0), 0);
  now -= 1e9;
  assert.equal(rates.take(0), 100);
  now += 100;
  assert.equal(rates.take(0), 0);
});
