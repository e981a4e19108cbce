import { renderCsv } from "./csv.ts";
import { renderHtml } from "./html.ts";
import { renderPrometheus } from "./prometheus.ts";
import type { Report } from "./report.ts";
import { renderSummary } from "./summary.ts";

const renderers = {
  summary: renderSummary,
  json: renderJson,
  csv: renderCsv,
  prometheus: renderPrometheus,
  html: renderHtml,
} as const;

/** The forms of a report. */
export type ReportFormat = keyof typeof renderers;

export const reportFormats = Object.keys(renderers) as readonly ReportFormat[];

/** A report in one of its forms, which ends with a newline. */
export function renderReport(report: Report, format: ReportFormat): string {
  return renderers[format](report);
}

/** JSON in lines, but for the counts of histograms, which would be a line each. */
function renderJson(report: Report): string {
  const json = JSON.stringify(report, null, 2);
  return `${json.replace(/\[[\d,\s]+\]/g, (numbers) => numbers.replace(/\s+/g, ""))}\n`;
}
