/** Reports of simulated servers. @module */
import {
  buildReport,
  Histogram,
  joined,
  type Measured,
  randomNumbers,
  type Report,
  type ReportOptions,
  type Window,
} from "../../src/bench/mod.ts";

export const options: ReportOptions = {
  call: "signer.v1.EchoService.Echo",
  hosts: ["tcp://127.0.0.1:50051"],
  stack: "native",
  concurrency: 8,
  connections: 1,
  threads: 1,
  total: null,
  duration: 2000,
  warmup: 0,
  "load-schedule": "constant",
};

interface Shape {
  readonly seed: number;
  /** A factor on all latencies. */
  readonly factor?: number;
  /** The variation between windows. */
  readonly noise?: number;
  readonly windows?: number;
  readonly perWindow?: number;
}

/** Returns measurements of a server with exponentially distributed latencies and a mean of 1 ms. */
export function measured(
  { seed, factor = 1, noise = 0.05, windows = 20, perWindow = 200 }: Shape,
): Measured {
  const random = randomNumbers(seed);
  const course = Array.from({ length: windows }, (_, i): Window => {
    const latency = new Histogram();
    const level = factor * (1 + noise * (random() * 2 - 1));
    for (let n = 0; n < perWindow; n++) {
      latency.record(Math.round(-Math.log(1 - random()) * level * 1e6));
    }
    return { start: i * 100, duration: 100, errors: 0, latency };
  });
  const { latency } = joined(course);
  return {
    date: new Date(Date.UTC(2030, 0, 1)),
    endReason: "normal",
    options,
    elapsed: windows * 100,
    outcomes: { OK: latency.count },
    unsent: 0,
    corrected: latency,
    uncorrected: latency,
    lateness: new Histogram(),
    windows: course,
    messages: [],
    resources: [],
  };
}

export function reportWith(shape: Shape): Report {
  return buildReport(measured(shape));
}
