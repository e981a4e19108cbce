import { Histogram } from "../collector/mod.ts";
import type { Report } from "./report.ts";

const columns = ["start_ms", "duration_ms", "count", "errors", "rps"] as const;
const latencies = ["mean", "p50", "p90", "p99", "max"] as const;

/** Renders one line for each window. Latencies are in nanoseconds. */
export function renderCsv({ windows }: Report): string {
  const lines = windows.map(({ start, duration, errors, hdr }) => {
    const latency = Histogram.fromEncoded(hdr);
    const count = latency.count + errors;
    return [
      start.toFixed(3),
      duration.toFixed(3),
      count,
      errors,
      (count / (duration / 1000)).toFixed(3),
      latency.mean.toFixed(0),
      latency.percentile(50),
      latency.percentile(90),
      latency.percentile(99),
      latency.max,
    ].join(",");
  });
  const head = [...columns, ...latencies.map((name) => `${name}_ns`)].join(",");
  return [head, ...lines].map((line) => `${line}\n`).join("");
}
