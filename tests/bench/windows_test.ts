import assert from "node:assert/strict";
import { Histogram, MAX_WINDOWS, Windows } from "../../src/bench/mod.ts";

function window(i: number) {
  const latency = new Histogram();
  latency.record(i);
  return { start: i * 100, duration: 100, errors: i % 2, latency };
}

Deno.test("a load of any length has a bounded number of windows without gaps", () => {
  const windows = new Windows();
  for (let i = 0; i < 1003; i++) windows.add(window(i));
  const list = windows.list();
  assert.ok(list.length <= MAX_WINDOWS && list.length >= MAX_WINDOWS / 2, `${list.length}`);
  let end = 0;
  for (const { start, duration } of list) {
    assert.equal(start, end);
    end = start + duration;
  }
  assert.equal(end, 1003 * 100);
  assert.equal(list.reduce((sum, { latency }) => sum + latency.count, 0), 1003);
  assert.equal(list.reduce((sum, { errors }) => sum + errors, 0), 501);
});
