/** Merging of reports. @module */
import { halved, Histogram, type Window } from "../collector/mod.ts";
import { joined } from "../collector/mod.ts";
import { buildReport, type Report } from "./report.ts";
import { ReportError } from "./read.ts";

/** The share of the shortest run in which all merged runs must have overlapped. */
const OVERLAP_SHARE = 0.5;

/**
 * Merges runs of several machines at the same time. Counts, histograms and rates are added; windows are aligned at
 * their starts.
 *
 * @throws {ReportError} if there is no report, or the reports are of different methods or times: the sum of rates
 *   of successive runs would be a rate that no server had
 */
export function mergeReports(reports: readonly Report[]): Report {
  const [first] = reports;
  if (first === undefined) throw new ReportError("There is no report to merge");
  for (const { options: { call } } of reports) {
    if (call !== first.options.call) {
      throw new ReportError(`Cannot merge reports of ${first.options.call} and of ${call}`);
    }
  }
  checkOverlap(reports);
  const sum = (figure: (report: Report) => number) =>
    reports.reduce((total, report) => total + figure(report), 0);
  return buildReport({
    name: first.name,
    date: new Date(Math.min(...reports.map(({ date }) => Date.parse(date)))),
    endReason: reports.every(({ endReason }) => endReason === "normal") ? "normal" : "interrupted",
    options: {
      ...first.options,
      hosts: [...new Set(reports.flatMap(({ options }) => options.hosts))],
      concurrency: sum(({ options }) => options.concurrency),
      connections: sum(({ options }) => options.connections),
      // Kept for each machine, to show if the busiest client was the bottleneck.
      threads: Math.max(...reports.map(({ options }) => options.threads)),
    },
    elapsed: Math.max(...reports.map(({ total }) => total)) / 1e6,
    outcomes: addUp(reports.map(({ statusCodeDistribution }) => statusCodeDistribution)),
    unsent: sum(({ unsent }) => unsent),
    corrected: added(reports.map(({ hdr }) => Histogram.fromEncoded(hdr))),
    uncorrected: added(reports.map(({ uncorrected }) => Histogram.fromEncoded(uncorrected.hdr))),
    lateness: added(reports.map(({ lateness }) => Histogram.fromEncoded(lateness.hdr))),
    windows: sideBySide(reports.map(windowsOf)),
    messages: Object.entries(addUp(reports.map(({ errorDistribution }) => errorDistribution))),
    resources: reports.flatMap(({ resources }) => resources),
  });
}

function checkOverlap(reports: readonly Report[]): void {
  const times = reports.map(({ date, total }) => ({ start: Date.parse(date), ms: total / 1e6 }));
  const start = Math.max(...times.map((time) => time.start));
  const end = Math.min(...times.map((time) => time.start + time.ms));
  const shortest = Math.min(...times.map(({ ms }) => ms));
  if (end - start >= OVERLAP_SHARE * shortest) return;
  throw new ReportError(
    "These runs did not overlap in time, so their rates do not add up: merge is for runs that several " +
      "machines made together. Runs that followed each other are for compare",
  );
}

/** Returns the windows of a report with their histograms. */
function windowsOf({ windows }: Report): Window[] {
  return windows.map(({ hdr, ...window }) => ({ ...window, latency: Histogram.fromEncoded(hdr) }));
}

function added(histograms: readonly Histogram[]): Histogram {
  const total = new Histogram();
  for (const histogram of histograms) total.add(histogram);
  return total;
}

function addUp(tables: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const table of tables) {
    for (const [key, count] of Object.entries(table)) total[key] = (total[key] ?? 0) + count;
  }
  return total;
}

/** Merges the windows of several runs by time. Longer runs have longer windows. */
function sideBySide(runs: readonly (readonly Window[])[]): Window[] {
  const length = (windows: readonly Window[]) => windows[0]?.duration ?? 0;
  const longest = Math.max(0, ...runs.map(length));
  const evened = runs.map((windows) => {
    while (length(windows) > 0 && length(windows) * 1.5 < longest) windows = halved(windows);
    return windows;
  });
  const count = Math.max(0, ...evened.map((windows) => windows.length));
  return Array.from({ length: count }, (_, i) => {
    const same = evened.flatMap((windows) => windows[i] ?? []);
    return {
      ...joined(same),
      start: same[0].start,
      duration: Math.max(...same.map((w) => w.duration)),
    };
  });
}
