/** Timers and reconnect backoff of the native channel. @module */
import assert from "node:assert/strict";
import { Backoff } from "../../../src/grpc/native/client/_timers.ts";
import { Poller } from "../../../src/net/mod.ts";
import { gate } from "../../_support/gate.ts";
import { loadLibc } from "../_rig.ts";

const [test, { Timer, TimerQueue }] = await gate(["ffi"], () => {
  loadLibc();
  return import("../../../src/grpc/native/client/_timers.ts");
});

/** Handles events until a condition holds, for 30 s at most. */
function waitUntil(poller: Poller, holds: () => boolean) {
  for (const end = performance.now() + 30_000; !holds();) {
    assert.ok(performance.now() < end, "The timers do not run");
    poller.wait(1_000);
  }
}

test("a queue runs timers in the order of their times, except cleared ones", () => {
  using poller = new Poller();
  using queue = new TimerQueue(poller);
  const ran: number[] = [];
  const now = performance.now();
  // A full cycle of a linear congruential generator: each index once, in random order.
  const timers = Array.from({ length: 500 }, (_, i) => {
    const place = (i * 177 + 31) % 500;
    const timer = new Timer(() => ran.push(place));
    queue.set(timer, now - 1000 + place);
    return { place, timer };
  });
  for (const { place, timer } of timers) if (place % 3 === 0) queue.clear(timer);
  for (const { place, timer } of timers) if (place % 3 === 1) queue.set(timer, now - 3000 + place);
  const expected = [1, 2].flatMap((rest) =>
    timers.map(({ place }) => place).sort((a, b) => a - b).filter((place) => place % 3 === rest)
  );
  waitUntil(poller, () => ran.length === expected.length);
  assert.deepEqual(ran, expected);
});

test("a queue waits for the nearest time, regardless of the order of setting", () => {
  using poller = new Poller();
  using queue = new TimerQueue(poller);
  const ran: string[] = [];
  queue.set(new Timer(() => ran.push("far")), performance.now() + 600_000);
  queue.set(new Timer(() => ran.push("near")), performance.now() + 2);
  waitUntil(poller, () => ran.length > 0);
  assert.deepEqual(ran, ["near"]);
});

test("a timer's function can set the timer again, and dispose of the queue", () => {
  using poller = new Poller();
  const queue = new TimerQueue(poller);
  let runs = 0;
  const timer = new Timer((now) => {
    if (++runs === 3) queue[Symbol.dispose]();
    else queue.set(timer, now + 1);
  });
  queue.set(timer, performance.now());
  waitUntil(poller, () => runs === 3);
  assert.equal(poller.size, 0);
  queue.set(timer, performance.now());
  assert.equal(poller.size, 0);
});

Deno.test("`Backoff` waits 1.6 times longer each time, within a fifth, up to its maximum", () => {
  const backoff = new Backoff({ initial: 1000, max: 5000 });
  for (const expected of [1000, 1600, 2560, 4096, 5000, 5000]) {
    const wait = backoff.next();
    assert.ok(Math.abs(wait - expected) <= 0.2 * expected, `${wait} for ${expected}`);
  }
  backoff.reset();
  assert.ok(backoff.next() <= 1200);
});

Deno.test("`Backoff` waits from 100 ms up to 5 s by default", () => {
  const backoff = new Backoff();
  assert.equal(backoff.initial, 100);
  for (let i = 0; i < 50; i++) backoff.next();
  assert.ok(backoff.next() >= 0.8 * 5000);
});
