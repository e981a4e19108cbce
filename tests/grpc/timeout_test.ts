/** The field `grpc-timeout`. @module */
import assert from "node:assert/strict";
import { formatTimeout, parseTimeout } from "../../src/grpc/mod.ts";

Deno.test("`parseTimeout()` parses each unit, and refuses malformed timeouts", () => {
  const good: [string, number][] = [
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["3S", 3_000],
    ["4m", 4],
    ["5u", 0.005],
    ["100n", 0.0001],
    ["0m", 0],
    ["99999999H", 99_999_999 * 3_600_000],
  ];
  for (const [text, ms] of good) {
    assert.ok(Math.abs(parseTimeout(text)! - ms) <= ms * 1e-12, text);
  }
  const bad = [
    "",
    "1",
    "m",
    "-1m",
    "1.5S",
    "1 m",
    "1s",
    "123456789n",
    "1mm",
    "1m ",
    "1\u00ff",
    "\u0661m",
  ];
  for (const text of bad) {
    assert.equal(parseTimeout(text), undefined, JSON.stringify(text));
  }
});

Deno.test("`formatTimeout()` rounds up, to no more than eight digits", () => {
  const cases: [number, string][] = [
    [0.5, "500000n"],
    [1, "1000000n"],
    [99.999999, "99999999n"],
    [100, "100000u"],
    [250_000, "250000m"],
    [1e12, "16666667M"],
    [Infinity, "99999999H"],
    [0, "0n"],
    [-5, "0n"],
    [NaN, "0n"],
  ];
  for (const [ms, text] of cases) assert.equal(formatTimeout(ms), text, `${ms}`);
  for (const ms of [0.3, 17, 4_999.5, 123_456_789]) {
    assert.ok(parseTimeout(formatTimeout(ms))! >= ms, `${ms}`);
  }
});
