/** The report of a load. @module */
import {
  Collector,
  type CpuSeconds,
  type EncodedHistogram,
  Histogram,
  outcomeName,
  type Window,
} from "../collector/mod.ts";
import type { LoadResult } from "../load/mod.ts";
import type { ResourceFigures } from "../resources/mod.ts";
import { type Distribution, distributionOf } from "./distribution.ts";
import { optionsOf, type ReportOptions } from "./load_options.ts";
import { warningsOf } from "./warnings.ts";

/** The version of the JSON format of reports. */
export const REPORT_VERSION = 1;

/** A bar of the displayed histogram: the requests between the previous mark and `mark`. */
export interface Bar {
  /** Seconds. */
  readonly mark: number;
  readonly count: number;
  readonly frequency: number;
}

/** A window of the load. */
export interface ReportWindow {
  /** Milliseconds from the start. */
  readonly start: number;
  readonly duration: number;
  readonly errors: number;
  readonly hdr: EncodedHistogram;
  readonly cpuSeconds?: CpuSeconds;
}

/**
 * A report in JSON: ghz's fields with ghz's names and units, then our own. There are no `details` of each request, so
 * the size of a report does not depend on the number of requests.
 */
export interface Report extends Distribution {
  readonly name?: string;
  readonly date: string;
  readonly endReason: "normal" | "interrupted";
  readonly options: ReportOptions;
  /** Completed requests, with any outcome. */
  readonly count: number;
  /** Duration of the load in nanoseconds. */
  readonly total: number;
  readonly rps: number;
  readonly errorDistribution: Readonly<Record<string, number>>;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
  readonly histogram: readonly Bar[];
  readonly signerBench: typeof REPORT_VERSION;
  readonly errors: number;
  /** Requests that were due and never sent. */
  readonly unsent: number;
  /** Latency from the send time. The figures above are measured from the due time. */
  readonly uncorrected: Distribution & { readonly hdr: EncodedHistogram };
  /** Time from the due time to the send time. */
  readonly lateness: Distribution & { readonly hdr: EncodedHistogram };
  readonly hdr: EncodedHistogram;
  readonly windows: readonly ReportWindow[];
  /** One for each run of a merged report. */
  readonly resources: readonly ResourceFigures[];
  readonly warnings: readonly string[];
}

/** The data of which a report is built. */
export interface Measured {
  readonly name?: string | undefined;
  readonly date: Date;
  readonly endReason: "normal" | "interrupted";
  readonly options: ReportOptions;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly unsent: number;
  readonly corrected: Histogram;
  readonly uncorrected: Histogram;
  readonly lateness: Histogram;
  readonly windows: readonly Window[];
  readonly messages: readonly (readonly [string, number])[];
  readonly resources: readonly ResourceFigures[];
}

/** Builds the report of a load. `call` is the name of the method, or `connect`. */
export function reportOf(result: LoadResult, call: string, name?: string): Report {
  const { plan, slices, collector, date, elapsed, windows, messages, resources } = result;
  return buildReport({
    name,
    date,
    endReason: result.interrupted ? "interrupted" : "normal",
    options: { ...optionsOf(plan, call), ...(slices === undefined ? {} : { slices }) },
    elapsed,
    outcomes: outcomesOf(collector),
    unsent: collector.unsent,
    corrected: collector.corrected,
    uncorrected: collector.uncorrected,
    lateness: collector.lateness,
    windows,
    messages,
    resources: [resources],
  });
}

/** Builds a report with the figures that are derived from the measurements. */
export function buildReport(measured: Measured): Report {
  const { name, date, elapsed, outcomes, corrected, uncorrected, lateness } = measured;
  const count = Object.values(outcomes).reduce((sum, each) => sum + each, 0);
  const report = {
    ...(name === undefined ? {} : { name }),
    date: date.toISOString(),
    endReason: measured.endReason,
    options: measured.options,
    count,
    total: Math.round(elapsed * 1e6),
    ...distributionOf(corrected),
    rps: elapsed > 0 ? count / (elapsed / 1000) : 0,
    errorDistribution: Object.fromEntries(measured.messages),
    statusCodeDistribution: outcomes,
    histogram: barsOf(corrected),
    signerBench: REPORT_VERSION,
    errors: count - (outcomes.OK ?? 0),
    unsent: measured.unsent,
    uncorrected: { ...distributionOf(uncorrected), hdr: uncorrected.toEncoded() },
    lateness: { ...distributionOf(lateness), hdr: lateness.toEncoded() },
    hdr: corrected.toEncoded(),
    windows: measured.windows.map(({ latency, ...window }) => ({
      ...window,
      hdr: latency.toEncoded(),
    })),
    resources: measured.resources,
  } as const;
  return { ...report, warnings: warningsOf(report) };
}

/** Number of bars of the displayed histogram, besides the one of the fastest request, as in ghz. */
const BARS = 10;

function barsOf(histogram: Histogram): Bar[] {
  if (histogram.count === 0) return [];
  const { min, max, count } = histogram;
  let before = 0;
  return Array.from({ length: BARS + 1 }, (_, i) => {
    const mark = min + (max - min) * i / BARS;
    const upTo = histogram.countUpTo(mark);
    const inside = upTo - before;
    before = upTo;
    return { mark: mark / 1e9, count: inside, frequency: inside / count };
  });
}

function outcomesOf(collector: Collector): Record<string, number> {
  const entries = collector.outcomes.map((count, outcome) => [outcomeName(outcome), count]);
  return Object.fromEntries(entries.filter(([, count]) => count as number > 0));
}
