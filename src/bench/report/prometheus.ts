import { Histogram } from "../collector/mod.ts";
import type { Report } from "./report.ts";

type Sample = readonly [labels: Record<string, string>, value: number, suffix?: string];

const quantiles = [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999];

/** Renders a report in Prometheus' text format, for a push gateway or a textfile collector. */
export function renderPrometheus(report: Report): string {
  const call = { call: report.options.call };
  return [
    metric("requests_total", "counter", "Requests that have ended, by status.", [
      ...Object.entries(report.statusCodeDistribution)
        .map(([status, count]): Sample => [{ ...call, status }, count]),
    ]),
    metric("unsent_total", "counter", "Requests that were due and never sent.", [
      [call, report.unsent],
    ]),
    metric("requests_per_second", "gauge", "Requests that have ended a second.", [
      [call, report.rps],
    ]),
    metric("duration_seconds", "gauge", "Time that the load took.", [[call, report.total / 1e9]]),
    metric(
      "latency_seconds",
      "summary",
      "From when a request was due to its end.",
      summary(call, Histogram.fromEncoded(report.hdr)),
    ),
    metric(
      "uncorrected_latency_seconds",
      "summary",
      "From when a request was sent to its end.",
      summary(call, Histogram.fromEncoded(report.uncorrected.hdr)),
    ),
  ].join("");
}

function summary(labels: Record<string, string>, histogram: Histogram): Sample[] {
  return [
    ...quantiles.map((quantile): Sample => [
      { ...labels, quantile: String(quantile) },
      histogram.percentile(quantile * 100) / 1e9,
    ]),
    [labels, histogram.sum / 1e9, "_sum"],
    [labels, histogram.count, "_count"],
  ];
}

function metric(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const full = `signer_bench_${name}`;
  const lines = samples.map(([labels, value, suffix = ""]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
    return `${full}${suffix}{${pairs.join(",")}} ${value}\n`;
  });
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`;
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}
