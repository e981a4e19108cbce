/**
 * Comparison of repeated runs: which figures differ between two sets of reports by more than runs of one
 * server differ among themselves.
 *
 * @module
 */
import { Histogram } from "../collector/mod.ts";
import { randomNumbers } from "../load/mod.ts";
import type { ProcessFigures } from "../resources/mod.ts";
import type { Report } from "./report.ts";

/** The distribution of a figure over the runs of a side. */
export interface Spread {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/**
 * - `better`, `worse`: changed by more than runs differ among themselves
 * - `same`: within the noise between runs
 * - `unknown`: too few runs for any change to be significant
 */
export type Verdict = "better" | "worse" | "same" | "unknown";

/** A figure of two sets of runs. */
export interface Change {
  readonly figure: string;
  readonly before: Spread;
  readonly after: Spread;
  /** Mean after by mean before. */
  readonly ratio: number;
  /** Probability of a difference this large in any figure if nothing has changed. */
  readonly p: number;
  readonly verdict: Verdict;
}

/**
 * The highest probability of a false verdict in a comparison, over all of its figures together: half of
 * the 5 % that are promised, so that 40 comparisons of equal servers keep to the promise too.
 */
export const SIGNIFICANCE = 0.025;

/** A change of less than this share is not reported, however significant it is. */
const SMALLEST_CHANGE = 0.01;

/** The largest number of splits that are examined: all of them for up to 7 runs a side. */
const MAX_SPLITS = 4000;

interface Figure {
  readonly name: string;
  readonly unit: "rate" | "time";
  /** Returns the value; NaN if the report lacks it. */
  readonly of: (report: Report, latency: Histogram) => number;
  /** True if a larger value is better. */
  readonly rising: boolean;
}

/** The figures that are compared. */
export const comparedFigures: readonly Figure[] = [
  { name: "rps", unit: "rate", of: ({ rps }) => rps, rising: true },
  { name: "mean", unit: "time", of: (_, latency) => latency.mean, rising: false },
  ...[50, 90, 99].map((percent): Figure => ({
    name: `p${percent}`,
    unit: "time",
    of: (_, latency) => latency.percentile(percent),
    rising: false,
  })),
  ...(["client", "server"] as const).map((side): Figure => ({
    name: `${side} CPU`,
    unit: "time",
    of: (report) => cpuOfRequest(report, ({ [side]: figures }) => figures),
    rising: false,
  })),
];

/**
 * Compares two sets of runs, by a permutation test of the largest studentized difference
 * (Westfall and Young 1993, "maxT"): if nothing has changed, any split of all runs into two sides is as
 * likely as the one at hand. A verdict is given for a figure when at most {@linkcode SIGNIFICANCE} of
 * all splits have a difference that large in any figure. With fewer than 5 runs a side (or 3 and 5) no
 * split can be that rare, and every verdict is `unknown`. Figures that a report lacks are left out.
 *
 * @param seed seed of the sample of splits, if there are too many to examine all
 */
export function compareReports(
  before: readonly Report[],
  after: readonly Report[],
  seed = 1,
): Change[] {
  const reports = [...before, ...after];
  const latencies = reports.map(({ hdr }) => Histogram.fromEncoded(hdr));
  const figures = comparedFigures.map((figure) => {
    const values = reports.map((report, i) => figure.of(report, latencies[i]));
    return { figure, values, logs: values.map(Math.log) };
  }).filter(({ logs }) => logs.every(Number.isFinite));
  const logs = figures.map((each) => each.logs);
  const splits = splitsOf(before.length, reports.length, seed);
  const largest = splits.map((split) => Math.max(...logs.map((each) => difference(each, split))));
  const enough = smallestP(before.length, after.length) <= SIGNIFICANCE;
  const [actual] = splits;
  return figures.map(({ figure, values, logs }) => {
    const found = difference(logs, actual);
    // Rounding must not count the split at hand as smaller than itself.
    const p = largest.filter((value) => value >= found * (1 - 1e-9)).length / splits.length;
    const [a, b] = [values.slice(0, before.length), values.slice(before.length)].map(spreadOf);
    const ratio = b.mean / a.mean;
    const verdict = enough ? verdictOf(ratio, p, figure) : "unknown";
    return { figure: figure.name, before: a, after: b, ratio, p, verdict };
  });
}

function verdictOf(ratio: number, p: number, { rising }: Figure): Verdict {
  if (p > SIGNIFICANCE || Math.abs(ratio - 1) < SMALLEST_CHANGE) return "same";
  return ratio > 1 === rising ? "better" : "worse";
}

function cpuOfRequest(
  { resources, count }: Report,
  pick: (figures: Report["resources"][number]) => ProcessFigures | undefined,
): number {
  const seconds = resources.map((each) => pick(each)?.cpuSeconds ?? NaN);
  return seconds.reduce((sum, each) => sum + each, 0) * 1e9 / count;
}

/** Returns the geometric mean and the range: ratios are compared, so means are of logarithms. */
function spreadOf(values: readonly number[]): Spread {
  const mean = Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  return { mean, min: Math.min(...values), max: Math.max(...values) };
}

/** Returns the absolute value of Welch's t between the runs of a split and the others. */
function difference(logs: readonly number[], split: readonly boolean[]): number {
  const [a, b] = [true, false].map((side) => momentsOf(logs.filter((_, i) => split[i] === side)));
  // Equal runs have no variance; a thousandth of a percent is assumed.
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count + 1e-10);
  return Math.abs(a.mean - b.mean) / error;
}

function momentsOf(values: readonly number[]) {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, variance: count > 1 ? squares / (count - 1) : 0 };
}

/** Returns the lowest p-value that a comparison of these numbers of runs can have. */
function smallestP(a: number, b: number): number {
  // With sides of one size, a split and its opposite differ alike.
  return (a === b ? 2 : 1) / choose(a + b, Math.min(a, b));
}

function choose(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k; i++) count = count * (n - k + i) / i;
  return count;
}

/** Returns splits of `all` runs with `taken` on one side, the observed split first: all splits, or a random sample. */
function splitsOf(taken: number, all: number, seed: number): boolean[][] {
  const actual = Array.from({ length: all }, (_, i) => i < taken);
  if (choose(all, taken) > MAX_SPLITS) {
    const random = randomNumbers(seed);
    return [actual, ...Array.from({ length: MAX_SPLITS - 1 }, () => shuffled(actual, random))];
  }
  return everySplit(taken, all);
}

function everySplit(taken: number, all: number): boolean[][] {
  if (all === 0) return [[]];
  const taking = taken === 0 ? [] : everySplit(taken - 1, all - 1).map((rest) => [true, ...rest]);
  const leaving = taken === all ? [] : everySplit(taken, all - 1).map((rest) => [false, ...rest]);
  return [...taking, ...leaving];
}

function shuffled(values: readonly boolean[], random: () => number): boolean[] {
  const drawn = [...values];
  for (let i = drawn.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [drawn[i], drawn[j]] = [drawn[j], drawn[i]];
  }
  return drawn;
}
