/** The runner of a load, in simulated time. @module */
import assert from "node:assert/strict";
import {
  ClosedPacer,
  constantSchedule,
  type Histogram,
  OpenPacer,
  type Phase,
  randomNumbers,
} from "../../src/bench/mod.ts";
import { simulate, type SimulatedServer } from "./_simulation.ts";

const alone = { thread: 0, threads: 1 };

function openLoop(rate: number, requests: number): Phase[] {
  const pacer = new OpenPacer(constantSchedule(rate), { requests, duration: Infinity }, alone);
  return [{ pacer, start: 0, measured: true }];
}

/** Returns a server with response times of a known distribution, and pauses without responses. */
function serverWith(
  delays: (n: number) => number,
  pauses: readonly (readonly [from: number, to: number])[] = [],
): SimulatedServer {
  let n = 0;
  return {
    answerAt(time) {
      const pause = pauses.find(([from, to]) => time >= from && time < to);
      return (pause?.[1] ?? time) + delays(n++);
    },
  };
}

/** Returns the true latencies from the due times, with `slots` concurrent requests. */
function trueLatencies(
  rate: number,
  requests: number,
  slots: number,
  server: SimulatedServer,
): number[] {
  const free = Array.from({ length: slots }, () => 0);
  return Array.from({ length: requests }, (_, k) => {
    const due = k * 1000 / rate;
    const slot = free.indexOf(Math.min(...free));
    const end = server.answerAt(Math.max(due, free[slot]));
    free[slot] = end;
    return (end - due) * 1e6;
  });
}

function assertPercentiles(histogram: Histogram, latencies: number[]): void {
  const sorted = latencies.toSorted((a, b) => a - b);
  assert.equal(histogram.count, sorted.length);
  for (const percent of [1, 50, 90, 95, 99, 99.9, 99.99, 100]) {
    const truth = sorted[Math.max(1, Math.ceil(percent / 100 * sorted.length - 1e-9)) - 1];
    const found = histogram.percentile(percent);
    assert.ok(Math.abs(found - truth) <= truth / 100, `p${percent}: ${found}, and is ${truth}`);
  }
}

/** Returns exponentially distributed delays, reproducible by seed. */
function exponential(mean: number, seed: number): () => number {
  const random = randomNumbers(seed);
  return () => -Math.log(1 - random()) * mean;
}

Deno.test("percentiles are within 1 % of a known distribution of delays", () => {
  const { collector } = simulate({
    phases: openLoop(1000, 50_000),
    server: serverWith(exponential(3, 1)),
    concurrency: 1000,
  });
  const delay = exponential(3, 1);
  const truth = Array.from({ length: 50_000 }, () => delay() * 1e6);
  assertPercentiles(collector.corrected, truth);
  assertPercentiles(collector.uncorrected, truth);
});

Deno.test("corrected figures show a stall of the server, and uncorrected ones hide it", () => {
  const pauses = [[10_000, 12_000], [30_000, 30_500]] as const;
  const { collector } = simulate({
    phases: openLoop(1000, 60_000),
    server: serverWith(exponential(1, 7), pauses),
    concurrency: 16,
  });
  const truth = trueLatencies(1000, 60_000, 16, serverWith(exponential(1, 7), pauses));
  assertPercentiles(collector.corrected, truth);
  // 2,500 of 60,000 requests (4 %) were due in a pause. Only 16 were pending in each.
  assert.ok(collector.corrected.percentile(99) > 1e9);
  assert.ok(collector.uncorrected.percentile(99) < 1e7);
  assert.ok(collector.uncorrected.max > 1.9e9);
});

Deno.test("corrected figures show the queue of a server that is too slow for the rate", () => {
  // 10 concurrent requests of 20 ms each: 500 a second, of a target of 1,000.
  const delays = () => 20;
  const { collector, end } = simulate({
    phases: openLoop(1000, 5000),
    server: serverWith(delays),
    concurrency: 10,
  });
  assertPercentiles(collector.corrected, trueLatencies(1000, 5000, 10, serverWith(delays)));
  assert.equal(collector.uncorrected.max, 20e6);
  assert.ok(end > 9_900 && end < 10_100);
});

Deno.test("requests are sent exactly when they are due", () => {
  const { sent, collector } = simulate({
    phases: openLoop(3000, 300),
    server: serverWith(() => 1),
    concurrency: 8,
  });
  sent.forEach((time, k) => assert.equal(time, k * 1000 / 3000));
  assert.equal(collector.lateness.max, 0);
});

Deno.test("a closed loop keeps exactly its number of concurrent requests", () => {
  let underWay = 0;
  let most = 0;
  const ends: number[] = [];
  const server: SimulatedServer = {
    answerAt(time) {
      underWay = ends.filter((end) => end > time).length + 1;
      most = Math.max(most, underWay);
      ends.push(time + 5);
      return time + 5;
    },
  };
  const pacer = new ClosedPacer({ requests: 100, duration: Infinity }, alone);
  const { collector, end } = simulate({
    phases: [{ pacer, start: 0, measured: true }],
    server,
    concurrency: 4,
  });
  assert.equal(most, 4);
  assert.equal(collector.corrected.count, 100);
  assert.equal(end, 125);
});

Deno.test("a slot that is free for longest is used next, and the only free one at once", () => {
  const server = serverWith(() => 1);
  const quiet = simulate({ phases: openLoop(100, 7), server, concurrency: 3 });
  assert.deepEqual(quiet.slots, [0, 1, 2, 0, 1, 2, 0]);
  // The responses arrive in the order 1, 0, 1, 0, ...
  const delays = [30, 10, 30, 30, 30];
  const pacer = new ClosedPacer({ requests: 6, duration: Infinity }, alone);
  const busy = simulate({
    phases: [{ pacer, start: 0, measured: true }],
    server: serverWith((n) => delays[n % delays.length]),
    concurrency: 2,
  });
  assert.deepEqual(busy.slots, [0, 1, 1, 0, 1, 0]);
});

Deno.test("a warm-up is not measured, and the load begins at its end", () => {
  const warm = new ClosedPacer({ requests: Infinity, duration: 100 }, alone);
  const { collector, sent } = simulate({
    phases: [
      { pacer: warm, start: 0, measured: false },
      { ...openLoop(100, 10)[0], start: 100 },
    ],
    server: serverWith(() => 10),
    concurrency: 1,
  });
  assert.equal(collector.started, 10);
  assert.equal(collector.corrected.count, 10);
  assert.equal(sent.filter((time) => time < 100).length, 10);
  assert.deepEqual(sent.slice(10), [100, 110, 120, 130, 140, 150, 160, 170, 180, 190]);
});

Deno.test("no request is sent before the load begins", () => {
  const pacer = new ClosedPacer({ requests: 3, duration: Infinity }, alone);
  const { sent } = simulate({
    phases: [{ pacer, start: 50, measured: true }],
    server: serverWith(() => 1),
    concurrency: 1,
  });
  assert.deepEqual(sent, [50, 51, 52]);
});

Deno.test("requests that were due and could not be sent in time count as unsent", () => {
  const pacer = new OpenPacer(constantSchedule(100), { requests: Infinity, duration: 1000 }, alone);
  const { collector } = simulate({
    phases: [{ pacer, start: 0, measured: true }],
    server: serverWith(() => 500),
    concurrency: 1,
    duration: 1000,
    catchUp: 600,
  });
  // Sent at 0, 500, 1000, 1500; after 1600 no more.
  assert.equal(collector.started, 4);
  assert.equal(collector.unsent, 96);
});

Deno.test("requests that are written together have one send time and their own end", () => {
  // Each reading of the clock takes 1 ms here.
  const load = (sendsTogether: boolean) => {
    const pacer = new ClosedPacer({ requests: 3, duration: Infinity }, alone);
    return simulate({
      phases: [{ pacer, start: 0, measured: true }],
      server: serverWith((n) => 10 * (n + 1)),
      concurrency: 3,
      sendsTogether,
      readingTakes: 1,
    });
  };
  const together = load(true);
  assert.deepEqual(together.sent, [1, 1, 1]);
  assert.equal(together.collector.uncorrected.sum, 60e6);
  const apart = load(false);
  assert.deepEqual(apart.sent, [1, 2, 3]);
  assert.equal(apart.collector.uncorrected.sum, 60e6);
});
