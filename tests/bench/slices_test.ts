/** Runs in slices that take turns. @module */
import assert from "node:assert/strict";
import { gate } from "../_support/gate.ts";
import type { LoadPlan, Pacing } from "../../src/bench/mod.ts";

const plan: LoadPlan = {
  workload: { kind: "connect" },
  pacing: { kind: "closed" },
  addresses: ["127.0.0.1:1"],
  stack: "native",
  tls: false,
  authority: undefined,
  requests: Infinity,
  duration: 2000,
  warmup: 1000,
  concurrency: 4,
  connections: 2,
  threads: 2,
  deadline: 20_000,
  connectTimeout: 10_000,
  balancing: undefined,
  userAgent: "test",
  metadata: [],
  seed: 1,
};

const [
  test,
  {
    slicesOf,
    SlicedRun,
    LoadThreads,
    Rig,
    echoDefinition,
    socketsSupported,
    openProvider,
    reportOf,
  },
] = await gate(
  ["env", "ffi", "net", "read", "sys"],
  async () => ({
    ...await import("./_rig.ts"),
    ...await import("../../src/bench/mod.ts"),
    ...await import("../../src/api/mod.ts"),
    ...await import("../../src/net/mod.ts"),
    ...await import("../../src/crypto/mod.ts"),
  }),
);

// Opened here, because a library stays loaded: a test that opened it would report a leak.
socketsSupported?.();
openProvider?.("auto");

test("a run of 2 s is made in slices of 100 ms, of which the first has the warm-up of the run", () => {
  const slices = slicesOf(plan);
  assert.deepEqual(slices.map(({ duration }) => duration), Array(20).fill(100));
  assert.deepEqual(slices.map(({ warmup }) => warmup), [1000, ...Array(19).fill(30)]);
});

test("a run without warm-up has slices without warm-up", () => {
  assert.deepEqual(
    new Set(slicesOf({ ...plan, warmup: 0 }).map(({ warmup }) => warmup)),
    new Set([0]),
  );
});

test("a long run has at most 60 slices, and a short run is whole", () => {
  assert.equal(slicesOf({ ...plan, duration: 600_000 }).length, 60);
  assert.equal(slicesOf({ ...plan, duration: 199 }).length, 1);
});

test("slices with many connections are longer, so that local ports suffice", () => {
  assert.equal(slicesOf({ ...plan, connections: 25 }).length, 20);
  assert.equal(slicesOf({ ...plan, connections: 100 }).length, 5);
  assert.equal(slicesOf({ ...plan, connections: 1000 }).length, 1);
});

test("a run that ends by a number of requests, or whose rate changes, is whole", () => {
  assert.deepEqual(slicesOf({ ...plan, requests: 100 }), [{ ...plan, requests: 100 }]);
  const constant: Pacing = { kind: "constant", rate: 10 };
  assert.equal(slicesOf({ ...plan, pacing: constant }).length, 20);
  const ramp: Pacing = { kind: "ramp", start: 1, end: 10, duration: 2000 };
  assert.equal(slicesOf({ ...plan, pacing: ramp }).length, 1);
});

test("the slices of a run have new connections, and their measurements are those of the run", async () => {
  await using rig = await Rig.start();
  const { path, requestSerialize } = echoDefinition.Echo;
  const run: LoadPlan = {
    ...plan,
    workload: { kind: "unary", path, request: requestSerialize({ message: "every third fails" }) },
    addresses: [rig.address],
    requests: 60,
    duration: Infinity,
    warmup: 0,
  };
  using threads = new LoadThreads(2);
  const sliced = new SlicedRun(run, 3);
  assert.equal(sliced.result, undefined);
  for (let slice = 0; slice < 3; slice++) sliced.add(await threads.run(run));
  const report = reportOf(sliced.result!, "echo");
  // Each of the two threads has a connection of its own.
  assert.equal(rig.peers.size, 3 * 2);
  assert.equal(report.count, 180);
  assert.equal(report.errors, 60);
  assert.equal(report.options.slices, 3);
  assert.deepEqual(report.windows.map(({ errors }) => errors), [20, 20, 20]);
  const elapsed = report.windows.reduce((sum, { duration }) => sum + duration, 0);
  assert.ok(Math.abs(report.total / 1e6 - elapsed) < 0.001, `${report.total} ${elapsed}`);
  assert.deepEqual(report.windows.map(({ start }) => start === 0), [true, false, false]);
  assert.deepEqual(Object.entries(report.errorDistribution), [[
    "RESOURCE_EXHAUSTED: The third",
    60,
  ]]);
  const cpu = report.windows.reduce((sum, { cpuSeconds }) => sum + cpuSeconds!.client, 0);
  assert.ok(Math.abs(report.resources[0].client.cpuSeconds - cpu) < 1e-6);
});

test("a run of one slice is that load, with its course in windows", async () => {
  await using rig = await Rig.start();
  const { path, requestSerialize } = echoDefinition.Echo;
  const request = requestSerialize({ message: "hello" });
  const run: LoadPlan = {
    ...plan,
    workload: { kind: "unary", path, request },
    addresses: [rig.address],
    requests: 20,
    duration: Infinity,
    warmup: 0,
  };
  using threads = new LoadThreads(2);
  const whole = new SlicedRun(run, 1);
  const result = await threads.run(run);
  whole.add(result);
  assert.equal(whole.result, result);
  assert.equal(reportOf(result, "echo").options.slices, undefined);
});
