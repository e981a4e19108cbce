/**
 * Comparison of two servers: which figures differ by more than those of one server differ among themselves.
 *
 * @module
 */
import { Histogram } from "../collector/mod.ts";
import type { Report, ReportWindow } from "./report.ts";
import {
  type PairedDifferences,
  type PairedResult,
  signFlipTest,
  smallestPairedP,
} from "./sign_flips.ts";
import { smallestSplitP, splitTest } from "./splits.ts";

/** The distribution of a figure over the runs of a side. */
export interface Spread {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/**
 * - `better`, `worse`: changed by more than noise
 * - `same`: within the noise
 * - `unknown`: too few runs for a verdict
 */
export type Verdict = "better" | "worse" | "same" | "unknown";

/** A figure of two sets of runs. */
export interface Change {
  readonly figure: string;
  readonly before: Spread;
  readonly after: Spread;
  /** The figure after divided by the figure before: the median over pairs if there are any, else of the means. */
  readonly ratio: number;
  /** The confidence interval of the ratio by pairs, at 1 - {@linkcode SIGNIFICANCE} for all figures together. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** Probability of a difference this large in any figure if nothing has changed. */
  readonly p: number;
  readonly verdict: Verdict;
}

/** A comparison of two sets of runs. */
export interface Comparison {
  /** The number of pairs of slices; 0 if whole runs were compared. */
  readonly pairs: number;
  readonly changes: readonly Change[];
}

/**
 * The highest probability of a false verdict in a comparison, over all of its figures together: half of
 * the 5 % that are promised, so that 40 comparisons of equal servers keep to the promise too.
 */
export const SIGNIFICANCE = 0.025;

/** A change of less than this share is not reported, however significant it is. */
const SMALLEST_CHANGE = 0.01;

/** The fewest runs on each side for a verdict by pairs: as many as for one by whole runs. */
const MIN_RUNS = 5;

/** The largest number of differences that are tested. The differences of more pairs are averaged in groups. */
const MAX_DIFFERENCES = 500;

/** The measurements of a run or of a slice. */
interface Sample {
  readonly count: number;
  /** Requests a second. */
  readonly rps: number;
  readonly latency: Histogram;
  /** CPU seconds; NaN if they are not known. */
  readonly client: number;
  readonly server: number;
}

interface Figure {
  readonly name: string;
  readonly unit: "rate" | "time";
  /** Returns the value; NaN if the sample lacks it. */
  readonly of: (sample: Sample) => number;
  /** True if a larger value is better. */
  readonly rising: boolean;
}

/** The figures that are compared. */
export const comparedFigures: readonly Figure[] = [
  { name: "rps", unit: "rate", of: ({ rps }) => rps, rising: true },
  { name: "mean", unit: "time", of: ({ latency }) => latency.mean, rising: false },
  ...[50, 90, 99].map((percent): Figure => ({
    name: `p${percent}`,
    unit: "time",
    of: ({ latency }) => latency.percentile(percent),
    rising: false,
  })),
  ...(["client", "server"] as const).map((side): Figure => ({
    name: `${side} CPU`,
    unit: "time",
    of: ({ [side]: seconds, count }) => seconds * 1e9 / count,
    rising: false,
  })),
];

/** Options of a comparison. */
export interface CompareOptions {
  /** True if run i of one side took turns with run i of the other. Their slices are then compared in pairs. */
  readonly paired?: boolean;
  /** The seed of the sample of permutations, if there are too many to examine all. */
  readonly seed?: number;
}

/**
 * Compares the runs of two servers, by pairs of slices if there are enough, else by whole runs. A figure has changed
 * when the probability of a difference that large in any figure is at most {@linkcode SIGNIFICANCE} for equal servers.
 * Every verdict is `unknown` with fewer than 5 runs on each side; for whole runs, 3 on one side and 5 on the other are
 * enough. Figures that a report lacks are left out.
 */
export function compareReports(
  before: readonly Report[],
  after: readonly Report[],
  { paired = false, seed = 1 }: CompareOptions = {},
): Comparison {
  const runs = [...before, ...after].map((report) => logsOf(sampleOfRun(report)));
  const known = [...comparedFigures.keys()].filter((figure) =>
    runs.every((logs) => Number.isFinite(logs[figure]))
  );
  const pairs = paired ? pairsOf(before, after) : [];
  const byPairs = smallestPairedP(pairs.length) <= SIGNIFICANCE;
  const enough = byPairs
    ? Math.min(before.length, after.length) >= MIN_RUNS
    : smallestSplitP(before.length, after.length) <= SIGNIFICANCE;
  const results: (number | PairedResult)[] = byPairs
    ? signFlipTest(differencesOf(pairs, known), SIGNIFICANCE, seed)
    : splitTest(known.map((figure) => runs.map((logs) => logs[figure])), before.length, seed);
  const changes = known.map((figure, i): Change => {
    const logs = runs.map((each) => each[figure]);
    const [a, b] = [logs.slice(0, before.length), logs.slice(before.length)].map(spreadOf);
    const result = results[i];
    const change = typeof result === "number"
      ? { ratio: b.mean / a.mean, p: result }
      : changeOfPairs(result);
    const verdict = enough ? verdictOf(change, comparedFigures[figure]) : "unknown";
    return { figure: comparedFigures[figure].name, before: a, after: b, ...change, verdict };
  });
  return { pairs: byPairs ? pairs.length : 0, changes };
}

function changeOfPairs({ p, difference, low, high }: PairedResult) {
  const interval = { low: Math.exp(low), high: Math.exp(high) };
  return { ratio: Math.exp(difference), interval, p };
}

function verdictOf({ ratio, p }: Pick<Change, "ratio" | "p">, { rising }: Figure): Verdict {
  if (p > SIGNIFICANCE || Math.abs(ratio - 1) < SMALLEST_CHANGE) return "same";
  return ratio > 1 === rising ? "better" : "worse";
}

/** Returns the logarithm of each figure: ratios are compared. It is not finite where the sample lacks the figure. */
function logsOf(sample: Sample): number[] {
  return comparedFigures.map((figure) => Math.log(figure.of(sample)));
}

function sampleOfRun({ count, rps, hdr, resources }: Report): Sample {
  const sum = (values: readonly (number | undefined)[]) =>
    values.reduce<number>((total, value) => total + (value ?? NaN), 0);
  return {
    count,
    rps,
    latency: Histogram.fromEncoded(hdr),
    client: sum(resources.map(({ client }) => client.cpuSeconds)),
    server: sum(resources.map(({ server }) => server?.cpuSeconds)),
  };
}

function sampleOfSlice({ duration, errors, hdr, cpuSeconds }: ReportWindow): Sample {
  const latency = Histogram.fromEncoded(hdr);
  const count = latency.count + errors;
  const { client = NaN, server = NaN } = cpuSeconds ?? {};
  return { count, rps: count / (duration / 1000), latency, client, server };
}

/** The slices that took turns. */
type Pair = readonly [before: ReportWindow, after: ReportWindow];

function pairsOf(before: readonly Report[], after: readonly Report[]): Pair[] {
  return before.slice(0, after.length).flatMap((run, i) => {
    const other = after[i];
    if (run.options.slices === undefined || run.options.slices !== other.options.slices) return [];
    // An interrupted run has fewer slices.
    return run.windows.slice(0, other.windows.length)
      .map((slice, k): Pair => [slice, other.windows[k]]);
  });
}

/**
 * Returns the differences of the logarithms of figures in each pair or group of pairs. The noise of a slice falls with
 * the number of its requests, and a busy machine makes few in some slices, so these have less weight.
 */
function differencesOf(pairs: readonly Pair[], figures: readonly number[]): PairedDifferences {
  const size = Math.ceil(pairs.length / MAX_DIFFERENCES);
  const differences: number[][] = figures.map(() => []);
  const weights: number[] = [];
  for (let start = 0; start < pairs.length; start += size) {
    const group = pairs.slice(start, start + size).map((pair) => pair.map(sampleOfSlice));
    const fewest = group.map((pair) => Math.min(...pair.map(({ count }) => count)));
    weights.push(Math.sqrt(fewest.reduce((sum, count) => sum + count, 0)));
    const logs = group.map((pair) => pair.map(logsOf));
    figures.forEach((figure, i) => {
      const each = logs.map(([before, after]) => after[figure] - before[figure]);
      differences[i].push(each.reduce((sum, difference) => sum + difference, 0) / group.length);
    });
  }
  return { figures: differences, weights };
}

/** Returns the geometric mean and the range of values, from their logarithms. */
function spreadOf(logs: readonly number[]): Spread {
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const [min, max] = [Math.min(...logs), Math.max(...logs)];
  return { mean: Math.exp(mean), min: Math.exp(min), max: Math.exp(max) };
}
