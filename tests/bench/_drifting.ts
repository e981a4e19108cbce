/** Simulated measurements of two servers on a machine whose speed drifts. @module */
import { Histogram, randomNumbers, type Report, type ReportWindow } from "../../src/bench/mod.ts";
import { reportWith } from "./_report.ts";

/** The noise of a slice: the standard deviation of a logarithm, as of the CPU time of a request on a busy machine. */
const SLICE_NOISE = 0.15;

/** The standard deviation of the change of the machine's speed from one slice to the next. */
const DRIFT = 0.05;

/** The logarithms of a figure in the slices of two servers. */
export interface Slices {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Simulates slices of two servers that take turns on a machine whose speed drifts: a random walk that both share. The
 * order within each pair is drawn at random.
 *
 * @param change the difference of the logarithm of the second server
 */
export function simulateSlices(pairs: number, change: number, seed: number): Slices {
  const random = randomNumbers(seed);
  const normal = normals(random);
  let speed = 0;
  const slice = () => (speed += DRIFT * normal()) + SLICE_NOISE * normal();
  const before: number[] = [];
  const after: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const [first, second] = [slice(), slice()];
    const swapped = random() < 0.5;
    before.push(swapped ? second : first);
    after.push((swapped ? first : second) + change);
  }
  return { before, after };
}

/** Returns numbers with a standard normal distribution, by the method of Box and Muller. */
function normals(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The requests of a slice. */
const REQUESTS = 20;

const template = reportWith({ seed: 1, windows: 1, perWindow: 10 });

/**
 * Returns the report of a run in slices, in which every request of a slice takes the same time. Rate, latency and CPU
 * time follow from it.
 *
 * @param times for each slice the time of a request, in milliseconds
 */
export function slicedRun(times: readonly number[]): Report {
  const all = new Histogram();
  let start = 0;
  const windows = times.map((time): ReportWindow => {
    const latency = new Histogram();
    for (let n = 0; n < REQUESTS; n++) latency.record(Math.round(time * 1e6));
    all.add(latency);
    const duration = REQUESTS * time;
    const seconds = duration / 1000;
    const cpuSeconds = { client: seconds, server: seconds };
    start += duration;
    return { start: start - duration, duration, errors: 0, hdr: latency.toEncoded(), cpuSeconds };
  });
  const course = { first: 0, last: 0, peak: 0 };
  const usage = {
    cpuSeconds: start / 1000,
    cores: 1,
    residentBytes: course,
    descriptors: course,
    course: [],
  };
  return {
    ...template,
    options: { ...template.options, slices: times.length },
    count: REQUESTS * times.length,
    rps: REQUESTS * times.length / (start / 1000),
    hdr: all.toEncoded(),
    windows,
    resources: [{ client: usage, server: usage }],
  };
}
