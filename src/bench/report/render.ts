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

/** The formats of a report. */
export type ReportFormat = keyof typeof renderers;

export const reportFormats = Object.keys(renderers) as readonly ReportFormat[];

/** Renders a report in a format, with a final newline. */
export function renderReport(report: Report, format: ReportFormat): string {
  return renderers[format](report);
}

/** Renders indented JSON, with the counts of a histogram on one line. */
function renderJson(report: Report): string {
  const json = JSON.stringify(report, null, 2);
  return `${json.replace(/\[[\d,\s]+\]/g, (numbers) => numbers.replace(/\s+/g, ""))}\n`;
}
