import type { Histogram } from "../collector/mod.ts";

/** The percentiles of a report: ghz's, and higher ones. */
const percentages = [10, 25, 50, 75, 90, 95, 99, 99.9, 99.99] as const;

/** A percentile of the latency. */
export interface LatencyAt {
  readonly percentage: number;
  /** Nanoseconds. */
  readonly latency: number;
}

/** The summary of a distribution, in nanoseconds. */
export interface Distribution {
  readonly average: number;
  readonly deviation: number;
  readonly fastest: number;
  readonly slowest: number;
  readonly latencyDistribution: readonly LatencyAt[];
}

/** Summarizes a histogram of nanoseconds. */
export function distributionOf(histogram: Histogram): Distribution {
  return {
    average: Math.round(histogram.mean),
    deviation: Math.round(histogram.deviation),
    fastest: histogram.min,
    slowest: histogram.max,
    latencyDistribution: percentages.map((percentage) => ({
      percentage,
      latency: histogram.percentile(percentage),
    })),
  };
}
