import type { Histogram } from "../collector/mod.ts";

/** The percentiles that are told: ghz's, and those beyond. */
const percentages = [10, 25, 50, 75, 90, 95, 99, 99.9, 99.99] as const;

/** A latency that a share of the requests did not exceed. */
export interface LatencyAt {
  readonly percentage: number;
  /** Nanoseconds. */
  readonly latency: number;
}

/** Figures of a distribution; nanoseconds. */
export interface Distribution {
  readonly average: number;
  readonly deviation: number;
  readonly fastest: number;
  readonly slowest: number;
  readonly latencyDistribution: readonly LatencyAt[];
}

/** The figures of a histogram of nanoseconds. */
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
