/** Reports in text. @module */
import type { ProcessFigures } from "../resources/mod.ts";
import type { Distribution } from "./distribution.ts";
import type { Report } from "./report.ts";
import { formatBytes, formatNanoseconds } from "./units.ts";

/** Width of the longest bar of the histogram in characters. */
const BAR_WIDTH = 40;

/** Renders a report as text: ghz's blocks, with a column of uncorrected figures, and our own. */
export function renderSummary(report: Report): string {
  const blocks = [
    summaryBlock(report),
    histogramBlock(report),
    latencyBlock(report),
    statusBlock(report),
    errorBlock(report),
    resourceBlock(report),
    report.warnings.map((warning) => `warning: ${warning}\n`).join(""),
  ];
  return blocks.filter((block) => block !== "").join("\n");
}

function summaryBlock(report: Report): string {
  const rows: [string, string][] = [
    ...(report.name === undefined ? [] : [["Name", report.name] as [string, string]]),
    ["Count", String(report.count)],
    ["Total", formatNanoseconds(report.total)],
    ...latencyRows(report),
    ["Requests/sec", report.rps.toFixed(2)],
  ];
  if (report.endReason !== "normal") rows.push(["Ended", report.endReason]);
  return `Summary:\n${
    rows.map(([name, value]) => `  ${`${name}:`.padEnd(14)}${value}\n`).join("")
  }`;
}

/** The rows of latencies: none without a success, as of a server that refuses all requests. */
function latencyRows(report: Report): [string, string][] {
  if (report.histogram.length === 0) return [];
  return [
    ["Slowest", formatNanoseconds(report.slowest)],
    ["Fastest", formatNanoseconds(report.fastest)],
    ["Average", formatNanoseconds(report.average)],
    ["Deviation", formatNanoseconds(report.deviation)],
  ];
}

function histogramBlock({ histogram }: Report): string {
  if (histogram.length === 0) return "";
  const most = Math.max(...histogram.map(({ count }) => count));
  const marks = histogram.map(({ mark }) => (mark * 1000).toFixed(3));
  const width = Math.max(...marks.map(({ length }) => length));
  const counts = histogram.map(({ count }) => `[${count}]`);
  const countWidth = Math.max(...counts.map(({ length }) => length));
  const lines = histogram.map(({ count }, i) => {
    const bar = "∎".repeat(Math.round(count / most * BAR_WIDTH));
    return `  ${marks[i].padStart(width)} ${counts[i].padEnd(countWidth)} |${bar}\n`;
  });
  return `Response time histogram (ms):\n${lines.join("")}`;
}

function latencyBlock(report: Report): string {
  if (report.latencyDistribution.length === 0 || report.histogram.length === 0) return "";
  const paced = report.options["load-schedule"] !== "closed";
  const uncorrected = column(report.uncorrected);
  const lines = column(report).map(([share, latency], i) => {
    const beside = paced ? `  (from sending: ${uncorrected[i][1]})` : "";
    return `  ${share.padEnd(8)}in ${latency}${beside}\n`;
  });
  const head = paced
    ? "Latency distribution, from when a request was due (coordinated omission corrected):"
    : "Latency distribution:";
  return `${head}\n${lines.join("")}`;
}

function column({ latencyDistribution, slowest }: Distribution): [string, string][] {
  return [
    ...latencyDistribution.map(({ percentage, latency }): [string, string] => [
      `${percentage} %`,
      formatNanoseconds(latency),
    ]),
    ["100 %", formatNanoseconds(slowest)],
  ];
}

function statusBlock({ statusCodeDistribution, unsent }: Report): string {
  const lines = Object.entries(statusCodeDistribution)
    .map(([status, count]) => `  ${`[${status}]`.padEnd(21)}${count} responses\n`);
  if (unsent > 0) lines.push(`  ${"never sent".padEnd(21)}${unsent} requests\n`);
  return lines.length === 0 ? "" : `Status code distribution:\n${lines.join("")}`;
}

function errorBlock({ errorDistribution }: Report): string {
  const lines = Object.entries(errorDistribution)
    .map(([message, count]) => `  ${`[${count}]`.padEnd(9)}${message}\n`);
  return lines.length === 0 ? "" : `Error distribution:\n${lines.join("")}`;
}

function resourceBlock({ resources, count }: Report): string {
  const lines = resources.flatMap(({ client, server }) => [
    processLine("client", client, count),
    ...(server === undefined ? [] : [processLine("server", server, count)]),
  ]);
  return lines.length === 0 ? "" : `Resources:\n${lines.join("")}`;
}

function processLine(name: string, figures: ProcessFigures, count: number): string {
  const { cores, cpuSeconds, residentBytes, descriptors } = figures;
  const each = count > 0 ? `, ${formatNanoseconds(cpuSeconds * 1e9 / count)} a request` : "";
  const open = descriptors === undefined ? "" : `, descriptors ${descriptors.peak}`;
  return `  ${name}  CPU ${cores.toFixed(2)} cores${each}, memory ${
    formatBytes(residentBytes.peak)
  } (${signed(residentBytes.last - residentBytes.first)})${open}\n`;
}

function signed(bytes: number): string {
  return bytes < 0 ? `-${formatBytes(-bytes)}` : `+${formatBytes(bytes)}`;
}
