/** Warnings of a report. @module */
import type { ResourceFigures } from "../resources/mod.ts";
import type { Distribution } from "./distribution.ts";
import type { ReportOptions } from "./load_options.ts";

/** A load thread that is busy for this share of the time is saturated. */
const BUSY = 0.9;

/** A pacer is late if the 99th percentile of lateness exceeds this and ... */
const LATE_NS = 1_000_000;
/** ... this share of the median latency. */
const LATE_SHARE = 0.1;

/** In a shorter load without warm-up, cold code and the first messages of connections distort the figures. */
const COLD_NS = 2_000_000_000;

/** CPU time is counted in ticks, too coarse for shorter loads. */
const SHORT_NS = 500_000_000;

interface Figures extends Distribution {
  readonly options: ReportOptions;
  readonly total: number;
  readonly uncorrected: Distribution;
  readonly lateness: Distribution;
  readonly unsent: number;
  readonly resources: readonly ResourceFigures[];
}

/** Returns the reasons why the figures may not be those of the server. */
export function warningsOf(figures: Figures): string[] {
  const { options, lateness, unsent, resources } = figures;
  const warnings: string[] = [];
  const busiest = Math.max(0, ...resources.map(({ client }) => client.cores)) / options.threads;
  if (busiest > BUSY && figures.total >= SHORT_NS) {
    warnings.push(
      `The client was the bottleneck: its threads were busy for ${
        Math.round(busiest * 100)
      } % of ` +
        "the time: add --threads, or measure from several machines and use bench merge",
    );
  }
  const late = percentileOf(lateness, 99);
  const late50 = percentileOf(lateness, 50);
  if (
    options["load-schedule"] !== "closed" && late > LATE_NS &&
    late > LATE_SHARE * percentileOf(figures.uncorrected, 50)
  ) {
    const milliseconds = (late / 1e6).toFixed(1);
    warnings.push(
      late50 > LATE_NS
        ? `Requests were sent late, half of them by over ${
          (late50 / 1e6).toFixed(1)
        } ms: the server ` +
          "did not keep up, or --concurrency is too low"
        : `One request of a hundred was sent ${milliseconds} ms late or more: the client's machine ` +
          "was busy, the server stalled, or --concurrency is too low",
    );
  }
  if (options.warmup === 0 && figures.total < COLD_NS) {
    warnings.push(
      "There was no warm-up, and the load was short: the figures include connections and code that " +
        "were still cold. Add --warmup 1s",
    );
  }
  if (unsent > 0) {
    warnings.push(`${unsent} requests were due and never sent: the server did not keep up`);
  }
  return warnings;
}

function percentileOf({ latencyDistribution }: Distribution, percent: number): number {
  return latencyDistribution.find(({ percentage }) => percentage === percent)?.latency ?? 0;
}
