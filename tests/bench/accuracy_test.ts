/** The accuracy of latencies over sockets, against the server's own records. @module */
import assert from "node:assert/strict";
import type { Distribution, LoadPlan, Report } from "../../src/bench/mod.ts";
import { gate } from "../_support/gate.ts";
import {
  type Behaviour,
  type Bounds,
  meanOf,
  percentileOf,
  type Truth,
  truthOf,
  TruthServer,
} from "./_truth.ts";

const [test, { echoDefinition, now, runLoad, reportOf, socketsSupported }] = await gate(
  ["env", "ffi", "net", "read", "sys"],
  async () => ({
    ...await import("./_run_load.ts"),
    ...await import("../../src/bench/mod.ts"),
    ...await import("../../src/bench/load/clock.ts"),
    ...await import("../../src/api/mod.ts"),
    ...await import("../../src/grpc/mod.ts"),
    ...await import("../../src/net/mod.ts"),
  }),
);

// Opened here, because a library stays loaded: a test that opened it would report a leak.
socketsSupported?.();

const NS_PER_MS = 1e6;

/** The allowed error of a figure, beyond the bounds of the path between client and server. */
const TOLERANCE = 0.01;

/**
 * Runs a load over sockets with one concurrent request.
 *
 * @param rate requests a second; 0 for a closed loop
 */
async function measure(
  behaviour: Behaviour,
  requests: number,
  rate: number,
): Promise<{ report: Report; truth: Truth }> {
  using server = await TruthServer.start(behaviour);
  const { path, requestSerialize } = echoDefinition.Echo;
  const plan: LoadPlan = {
    workload: { kind: "unary", path, request: requestSerialize({ message: "hello" }) },
    pacing: rate === 0 ? { kind: "closed" } : { kind: "constant", rate },
    addresses: [server.address],
    stack: "native",
    requests,
    duration: Infinity,
    warmup: 0,
    concurrency: 1,
    connections: 1,
    threads: 1,
    deadline: 20_000,
    connectTimeout: 10_000,
    balancing: undefined,
    tls: false,
    authority: undefined,
    userAgent: "test",
    metadata: [],
    seed: 1,
  };
  const result = await runLoad(plan);
  const over = now();
  // The date and the time of day are whole milliseconds.
  const start = over - (Date.now() - result.date.getTime());
  const report = reportOf(result, "echo");
  const served = await server.served();
  assert.deepEqual([served.length, report.count, report.errors], [requests, requests, 0]);
  const began = { least: start - 1, most: start + 1 };
  return { report, truth: truthOf(served, { began, over }, rate === 0 ? 0 : 1000 / rate) };
}

function check(name: string, figures: Distribution, truth: readonly Bounds[]): void {
  const near = (figure: string, nanoseconds: number, { least, most }: Bounds) => {
    const found = nanoseconds / NS_PER_MS;
    assert.ok(
      found >= least * (1 - TOLERANCE) && found <= most * (1 + TOLERANCE),
      `${name}: ${figure} is ${found} ms, and was ${least} to ${most} ms in truth`,
    );
  };
  for (const { percentage, latency } of figures.latencyDistribution) {
    near(`p${percentage}`, latency, percentileOf(truth, percentage));
  }
  near("fastest", figures.fastest, percentileOf(truth, 0));
  near("slowest", figures.slowest, percentileOf(truth, 100));
  near("average", figures.average, meanOf(truth));
}

/** Returns a percentile in milliseconds. */
function percentile({ latencyDistribution }: Distribution, percent: number): number {
  const found = latencyDistribution.find(({ percentage }) => percentage === percent);
  return found!.latency / NS_PER_MS;
}

/** Attempts, of which one may find the machine quiet enough for narrow bounds. */
const ATTEMPTS = 2;

test("percentiles over sockets are within 1 % of the server's true response times", async () => {
  const delays = { kind: "delays", least: 20, mean: 30 } as const;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const runs = await Promise.all([1, 2, 3].map((seed) => measure({ ...delays, seed }, 50, 0)));
    // On a busy machine the bounds hold too but are wider.
    for (const { report, truth } of runs) {
      check("closed loop", report, truth.corrected);
      check("closed loop, from sending", report.uncorrected, truth.corrected);
    }
    const { least, most } = percentileOf(runs.flatMap(({ truth }) => truth.corrected), 50);
    if (most - least < least / 5) return;
  }
});

test("a pause of the server delays all requests due in it, which latency from sending hides", async () => {
  const pause = { kind: "pause", request: 100, milliseconds: 300 } as const;
  // 120 of 400 requests are due during the pause.
  const { report, truth } = await measure(pause, 400, 400);
  check("open loop", report, truth.corrected);
  check("open loop, from sending", report.uncorrected, truth.uncorrected);
  // The 60 that were due in its first half waited for at least the second half. From the send time, one request in
  // 400 took that long; for 40, the machine would have to stall 40 times.
  assert.ok(percentile(report, 90) > pause.milliseconds / 2);
  assert.ok(percentile(report.uncorrected, 90) < pause.milliseconds / 2);
});
