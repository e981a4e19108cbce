import assert from "node:assert/strict";
import { growthOf, parseResident, randomNumbers } from "../../src/bench/mod.ts";

function course(value: (i: number) => number) {
  return Array.from({ length: 60 }, (_, i) => ({ at: i * 60_000, value: value(i) }));
}

Deno.test("steady growth of memory is reported with its rate", () => {
  const growth = growthOf(course((i) => 100e6 + i * 1e6))!;
  assert.equal(growth.grows, true);
  assert.ok(Math.abs(growth.perHour - 60e6) < 1);
});

Deno.test("memory that rises and falls is not reported as growing", () => {
  const random = randomNumbers(4);
  assert.equal(growthOf(course(() => 100e6 + random() * 20e6))!.grows, false);
});

Deno.test("memory that grows at the start only is not reported as growing", () => {
  assert.equal(growthOf(course((i) => i < 15 ? 50e6 + i * 5e6 : 125e6))!.grows, false);
});

Deno.test("few samples or a short time give no verdict", () => {
  assert.equal(growthOf(course((i) => i).slice(0, 12)), undefined);
  const short = course((i) => i).map(({ at, value }) => ({ at: at / 60, value }));
  assert.equal(growthOf(short), undefined);
});

Deno.test("resident memory is parsed in bytes, and is 0 for a process that has ended", () => {
  assert.equal(parseResident("Name:\tx\nVmRSS:\t    2048 kB\n"), 2 * 1024 * 1024);
  assert.equal(parseResident("Name:\tx\nState:\tZ (zombie)\n"), 0);
});
