/** Parsing of reports in JSON. @module */
import type { LayerError } from "../../errors/mod.ts";
import { Histogram } from "../collector/mod.ts";
import { type Report, REPORT_VERSION } from "./report.ts";

/** An error in reports: not a report, a damaged one, or reports that do not fit together. */
export class ReportError extends Error implements LayerError<"bench"> {
  override readonly name = "ReportError";
  readonly layer = "bench";
  readonly code = "BAD_REPORT";
}

/**
 * Parses a report in JSON, the format of `-O json`.
 *
 * @throws {ReportError} if the text is not a report
 */
export function readReport(text: string, source: string): Report {
  return checkReport(parse(text, source), source);
}

function parse(text: string, source: string): Partial<Report & Runs> {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ReportError(`${source} is not JSON`, { cause });
  }
}

function checkReport(report: Partial<Report>, source: string): Report {
  if (report?.signerBench !== REPORT_VERSION) {
    throw new ReportError(
      `${source} is not a report of signer bench -O json, version ${REPORT_VERSION}`,
    );
  }
  try {
    for (const hdr of [report.hdr, report.uncorrected?.hdr, report.lateness?.hdr]) {
      Histogram.fromEncoded(hdr!);
    }
    for (const { hdr } of report.windows!) Histogram.fromEncoded(hdr);
    Object.values(report.statusCodeDistribution!);
    if (!(report.total! >= 0 && report.options!.threads > 0)) throw new TypeError("Figures miss");
  } catch (cause) {
    throw new ReportError(`${source} is damaged: ${(cause as Error).message}`, { cause });
  }
  return report as Report;
}

/** Repeated runs, as `--repeat` writes them in JSON. */
export interface Runs {
  readonly runs: readonly Report[];
  /** The runs of `--against`, interleaved with the others. */
  readonly against: readonly Report[];
}

/** Writes repeated runs in JSON, in a form that {@linkcode readRuns} reads. */
export function renderRuns(runs: Runs): string {
  return `${JSON.stringify({ signerBench: REPORT_VERSION, ...runs })}\n`;
}

/**
 * Reads repeated runs, or one report as one run.
 *
 * @throws {ReportError} if the text is neither
 */
export function readRuns(text: string, source: string): Runs {
  const json = parse(text, source);
  if (json?.signerBench !== REPORT_VERSION || json.runs === undefined) {
    return { runs: [checkReport(json, source)], against: [] };
  }
  const { runs, against = [] } = json;
  if (!Array.isArray(runs) || !Array.isArray(against) || runs.length === 0) {
    throw new ReportError(`${source} is damaged: it has no runs`);
  }
  const check = (report: unknown) => checkReport(report as Partial<Report>, source);
  return { runs: runs.map(check), against: against.map(check) };
}
