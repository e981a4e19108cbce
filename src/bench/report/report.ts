import {
  Collector,
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

/** The version of the form of reports in JSON. */
export const REPORT_VERSION = 1;

/** A bar of the histogram that is shown: requests up to `mark`, and beyond the mark before. */
export interface Bar {
  /** Seconds. */
  readonly mark: number;
  readonly count: number;
  readonly frequency: number;
}

/** A stretch of the load. */
export interface ReportWindow {
  /** Milliseconds from the start. */
  readonly start: number;
  readonly duration: number;
  readonly errors: number;
  readonly hdr: EncodedHistogram;
}

/**
 * A report as it is written in JSON: ghz's fields, by ghz's names and units, then our own. There are no
 * `details` of each request: a report's size does not depend on how many there were.
 */
export interface Report extends Distribution {
  readonly name?: string;
  readonly date: string;
  readonly endReason: "normal" | "interrupted";
  readonly options: ReportOptions;
  /** Requests that have ended, well or not. */
  readonly count: number;
  /** Nanoseconds that the load took. */
  readonly total: number;
  readonly rps: number;
  readonly errorDistribution: Readonly<Record<string, number>>;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
  readonly histogram: readonly Bar[];
  readonly signerBench: typeof REPORT_VERSION;
  readonly errors: number;
  /** Requests that were due and never sent. */
  readonly unsent: number;
  /** From when requests were sent; the figures above count from when they were due. */
  readonly uncorrected: Distribution & { readonly hdr: EncodedHistogram };
  /** From when requests were due to when they were sent. */
  readonly lateness: Distribution & { readonly hdr: EncodedHistogram };
  readonly hdr: EncodedHistogram;
  readonly windows: readonly ReportWindow[];
  /** One for each run: several where reports were merged. */
  readonly resources: readonly ResourceFigures[];
  readonly warnings: readonly string[];
}

/** What a report is made of. */
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

/** The report of a load. `call` is its method's name, or `connect`. */
export function reportOf(result: LoadResult, call: string, name?: string): Report {
  const { plan, collector, date, elapsed, windows, messages, resources, interrupted } = result;
  return buildReport({
    name,
    date,
    endReason: interrupted ? "interrupted" : "normal",
    options: optionsOf(plan, call),
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

/** A report with all figures that follow from what was measured. */
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
    windows: measured.windows.map(({ start, duration, errors, latency }) => ({
      start,
      duration,
      errors,
      hdr: latency.toEncoded(),
    })),
    resources: measured.resources,
  } as const;
  return { ...report, warnings: warningsOf(report) };
}

/** How many bars a histogram is shown with beside the one of the fastest, as ghz does. */
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
