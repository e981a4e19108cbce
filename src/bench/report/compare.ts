import { Histogram, middleOf } from "../collector/mod.ts";
import { randomNumbers } from "../load/mod.ts";
import { ReportError } from "./read.ts";
import type { Report, ReportWindow } from "./report.ts";

/** A figure of two reports, and how sure it is that it has changed. */
export interface Change {
  readonly figure: string;
  readonly before: number;
  readonly after: number;
  /** `after/before`, and the interval in which it is with {@linkcode CONFIDENCE}. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: "better" | "worse" | "same";
}

/** The share of all intervals that hold the true ratio. */
export const CONFIDENCE = 0.95;

/** Times that the windows are drawn: enough for the ends of the interval to stand still. */
const RESAMPLES = 1000;

/** A change of less than this is of no interest, however sure it is. */
const SMALLEST_CHANGE = 0.01;

/** Fewer windows say nothing of how much a figure varies by itself. */
export const MIN_WINDOWS = 5;

/** The requests of a run, or of some windows of it. */
interface Sample {
  readonly seconds: number;
  readonly errors: number;
  readonly latency: Pick<Histogram, "count" | "mean" | "percentile">;
}

interface Figure {
  readonly name: string;
  readonly of: (sample: Sample) => number;
  /** Whether more is better. */
  readonly rising: boolean;
}

const figures: readonly Figure[] = [
  {
    name: "rps",
    of: ({ latency, seconds, errors }) => (latency.count + errors) / seconds,
    rising: true,
  },
  { name: "mean", of: ({ latency }) => latency.mean, rising: false },
  ...[50, 90, 95, 99, 99.9].map((percent): Figure => ({
    name: `p${percent}`,
    of: ({ latency }) => latency.percentile(percent),
    rising: false,
  })),
];

/**
 * What has changed from one report to another beyond noise. The noise is that between the windows of a
 * run: they are drawn with replacement again and again, and the ratios that come out of that are the
 * interval (Efron's percentile bootstrap). Windows and not requests are drawn, since requests that
 * follow each other share what disturbs them.
 *
 * @throws {ReportError} when a report has too few windows
 */
export function compareReports(before: Report, after: Report, seed = 1): Change[] {
  const random = randomNumbers(seed);
  const [drawnBefore, drawnAfter] = [before, after].map((report) => draw(report, random));
  return figures.map((figure, index) => {
    const [a, b] = [before, after].map((report) => figure.of(wholeOf(report)));
    const ratios = drawnBefore.map((values, i) => drawnAfter[i][index] / values[index])
      .filter(Number.isFinite).sort((x, y) => x - y);
    const low = quantile(ratios, (1 - CONFIDENCE) / 2);
    const high = quantile(ratios, (1 + CONFIDENCE) / 2);
    const verdict = verdictOf(b / a, low, high, figure);
    return { figure: figure.name, before: a, after: b, ratio: b / a, low, high, verdict };
  });
}

function verdictOf(
  ratio: number,
  low: number,
  high: number,
  { rising }: Figure,
): Change["verdict"] {
  const sure = low > 1 || high < 1;
  if (!sure || Math.abs(ratio - 1) < SMALLEST_CHANGE) return "same";
  return ratio > 1 === rising ? "better" : "worse";
}

function wholeOf({ total, errors, hdr }: Report): Sample {
  return { seconds: total / 1e9, errors, latency: Histogram.fromEncoded(hdr) };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
}

/** Every figure of every drawing from the windows of a report. */
function draw(report: Report, random: () => number): number[][] {
  const windows = report.windows.filter(({ duration }) => duration > 0);
  if (windows.length < MIN_WINDOWS) {
    throw new ReportError(
      `A report of ${windows.length} windows says nothing of noise: at least ${MIN_WINDOWS} are ` +
        "needed, so a run of a second",
    );
  }
  const dense = new DenseWindows(windows);
  return Array.from({ length: RESAMPLES }, () => {
    const drawn = Array.from(windows, () => Math.floor(random() * windows.length));
    const sample: Sample = {
      seconds: drawn.reduce((sum, i) => sum + windows[i].duration, 0) / 1000,
      errors: drawn.reduce((sum, i) => sum + windows[i].errors, 0),
      latency: dense.sum(drawn),
    };
    return figures.map((figure) => figure.of(sample));
  });
}

/** The histograms of windows with only the buckets that any of them uses, so that adding is quick. */
class DenseWindows {
  readonly #values: readonly number[];
  readonly #counts: readonly Float64Array[];

  constructor(windows: readonly ReportWindow[]) {
    const histograms = windows.map(({ hdr }) => new Map(Histogram.fromEncoded(hdr).buckets()));
    const used = [...new Set(histograms.flatMap((buckets) => [...buckets.keys()]))];
    used.sort((a, b) => a - b);
    this.#values = used.map(middleOf);
    this.#counts = histograms.map((buckets) =>
      Float64Array.from(used, (index) => buckets.get(index) ?? 0)
    );
  }

  /** The requests of some windows together, each as often as it is named. */
  sum(windows: readonly number[]): Sample["latency"] {
    const values = this.#values;
    const counts = new Float64Array(values.length);
    for (const window of windows) {
      const others = this.#counts[window];
      for (let i = 0; i < counts.length; i++) counts[i] += others[i];
    }
    const count = counts.reduce((sum, each) => sum + each, 0);
    const percentile = (percent: number) => {
      let seen = 0;
      const at = counts.findIndex((each) => (seen += each) >= percent / 100 * count && seen > 0);
      return values[at] ?? 0;
    };
    return {
      count,
      mean: values.reduce((sum, value, i) => sum + value * counts[i], 0) / count,
      percentile,
    };
  }
}
