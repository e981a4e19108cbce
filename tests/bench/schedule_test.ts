/** Pacers and schedules. @module */
import assert from "node:assert/strict";
import {
  ClosedPacer,
  constantSchedule,
  MAX_STEPS,
  OpenPacer,
  type Pacer,
  rampSchedule,
  stepSchedule,
} from "../../src/bench/mod.ts";

/** Returns all due times of a pacer in milliseconds. */
function timesOf(pacer: Pacer): number[] {
  const times: number[] = [];
  for (let due = pacer.due(0); due !== Infinity; due = pacer.due(0)) {
    times.push(due);
    pacer.take();
  }
  return times;
}

const alone = { thread: 0, threads: 1 };

Deno.test("a constant schedule does not drift over a day", () => {
  const schedule = constantSchedule(3000);
  const perDay = 3000 * 86_400;
  assert.equal(schedule.dueAt(0), 0);
  assert.equal(schedule.dueAt(perDay), 86_400_000);
  assert.equal(schedule.dueAt(perDay + 1) - schedule.dueAt(perDay) < 0.34, true);
});

Deno.test("each request of a constant schedule is due at its own multiple of the interval", () => {
  const times = timesOf(
    new OpenPacer(constantSchedule(400), { requests: Infinity, duration: 25 }, alone),
  );
  assert.deepEqual(times, [0, 2.5, 5, 7.5, 10, 12.5, 15, 17.5, 20, 22.5]);
});

Deno.test("the requests of a step schedule fall into their steps", () => {
  const schedule = stepSchedule({ start: 100, end: 300, step: 100, stepDuration: 1000 });
  const inSecond = (second: number) =>
    Array.from({ length: 3000 }, (_, k) => schedule.dueAt(k))
      .filter((due) => due >= second * 1000 && due < (second + 1) * 1000).length;
  assert.deepEqual([0, 1, 2].map(inSecond), [100, 200, 300]);
  assert.equal(schedule.dueAt(100), 1000);
  assert.equal(schedule.dueAt(101), 1005);
  // The last rate stays.
  assert.deepEqual([3, 9].map(inSecond), [300, 300]);
});

Deno.test("a step schedule goes down as well as up", () => {
  const schedule = stepSchedule({ start: 200, end: 100, step: 100, stepDuration: 500 });
  assert.equal(schedule.dueAt(100), 500);
  assert.equal(schedule.dueAt(101), 510);
});

Deno.test("`stepSchedule()` refuses more steps than its limit", () => {
  const steps = { start: 1, end: MAX_STEPS + 2, step: 1, stepDuration: 1 };
  assert.throws(() => stepSchedule(steps), RangeError);
});

Deno.test("a ramp has as many requests as the integral of its rate", () => {
  const schedule = rampSchedule({ start: 0, end: 1000 }, 10_000);
  // The integral is 50 t² with t in seconds: 50 requests in the first second, 5000 in ten.
  assert.ok(Math.abs(schedule.dueAt(50) - 1000) < 1e-9);
  assert.ok(Math.abs(schedule.dueAt(5000) - 10_000) < 1e-9);
  assert.ok(Math.abs(schedule.dueAt(5001) - 10_001) < 1e-9);
  const down = rampSchedule({ start: 1000, end: 0 }, 10_000);
  assert.ok(Math.abs(down.dueAt(5000 - 50) - 9000) < 1e-6);
  assert.equal(down.dueAt(6000), Infinity);
});

Deno.test("the due times of every schedule are in order", () => {
  for (
    const schedule of [
      constantSchedule(777),
      stepSchedule({ start: 10, end: 1000, step: 33, stepDuration: 77 }),
      rampSchedule({ start: 5, end: 5000 }, 1234),
    ]
  ) {
    let last = -1;
    for (let k = 0; k < 5000; k++) {
      const due = schedule.dueAt(k);
      assert.ok(due > last, `request ${k} is due at ${due}, after ${last}`);
      last = due;
    }
  }
});

Deno.test("the threads of a load share its schedule without gaps or duplicates", () => {
  const end = { requests: 100, duration: Infinity };
  const schedule = constantSchedule(1000);
  const shared = [0, 1, 2].flatMap((thread) =>
    timesOf(new OpenPacer(schedule, end, { thread, threads: 3 }))
  );
  assert.deepEqual(shared.sort((a, b) => a - b), timesOf(new OpenPacer(schedule, end, alone)));
});

Deno.test("an open pacer has no request due at the end of the load or later", () => {
  const pacer = new OpenPacer(constantSchedule(10), { requests: Infinity, duration: 300 }, alone);
  assert.deepEqual(timesOf(pacer), [0, 100, 200]);
});

Deno.test("the threads of a closed loop together make the requested number of requests", () => {
  const counts = [0, 1, 2].map((thread) =>
    timesOf(new ClosedPacer({ requests: 8, duration: Infinity }, { thread, threads: 3 })).length
  );
  assert.deepEqual(counts, [3, 3, 2]);
});

Deno.test("a closed pacer always has a request due until the end", () => {
  const pacer = new ClosedPacer({ requests: Infinity, duration: 100 }, alone);
  assert.equal(pacer.due(99), 99);
  assert.equal(pacer.due(100), Infinity);
});
