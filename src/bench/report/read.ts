import { Histogram } from "../collector/mod.ts";
import { type Report, REPORT_VERSION } from "./report.ts";

/** A file that is not a report, or not one that can be used here. */
export class ReportError extends Error {
  override readonly name = "ReportError";
  readonly code = "BAD_REPORT";
}

/**
 * Reads a report in JSON, as `-O json` writes it.
 *
 * @throws {ReportError} when it is not one
 */
export function readReport(text: string, source: string): Report {
  let report: Partial<Report>;
  try {
    report = JSON.parse(text);
  } catch (cause) {
    throw new ReportError(`${source} is not JSON`, { cause });
  }
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
