/** Charts of a report, in SVG. @module */
import { Histogram, lowestOf } from "../collector/mod.ts";
import type { Report } from "./report.ts";
import { formatBytes, formatNanoseconds } from "./units.ts";

/** Size of the chart's area in units of its viewBox, and the margins for the labels of the axes. */
const width = 720;
const height = 220;
const left = 64;
const right = 64;
const top = 12;
const bottom = 28;

interface Point {
  /** From 0 (left or bottom) to 1. */
  readonly x: number;
  readonly y: number;
}

interface Tick {
  readonly at: number;
  readonly label: string;
}

interface Axes {
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
  readonly y2?: readonly Tick[];
}

/** Bars of the latency chart per decade. */
const BARS_PER_DECADE = 20;

/** Renders the histogram of latencies on a logarithmic scale. */
export function latencyChart({ hdr }: Report): string {
  const histogram = Histogram.fromEncoded(hdr);
  if (histogram.count === 0) return chart({ x: [], y: [] }, "", "No request ended well");
  const scale = logScale(histogram.min, histogram.max);
  const first = Math.floor(Math.log10(scale.low) * BARS_PER_DECADE);
  const counts: number[] = [];
  for (const [index, count] of histogram.buckets()) {
    const value = Math.max(lowestOf(index), scale.low);
    const bar = Math.floor(Math.log10(value) * BARS_PER_DECADE) - first;
    counts[bar] = (counts[bar] ?? 0) + count;
  }
  const most = Math.max(...counts.filter((count) => count > 0));
  const bars = counts.map((count, bar) => {
    const from = scale.at(10 ** ((first + bar) / BARS_PER_DECADE));
    const to = scale.at(10 ** ((first + bar + 1) / BARS_PER_DECADE));
    const [x, y] = place({ x: Math.max(0, from), y: count / most });
    const [end, ground] = place({ x: Math.min(1, to), y: 0 });
    return `<rect class="bar" x="${x}" y="${y}" width="${fixed(Math.max(0.5, end - x - 0.5))}" ` +
      `height="${fixed(ground - y)}"/>`;
  }).join("");
  return chart({ x: scale.ticks, y: countTicks(most) }, bars, "How often each latency was");
}

/** The ticks of the percentile chart's axis, each a tenth as far from 100 % as the previous one. */
const tails = [0, 90, 99, 99.9, 99.99];

/** Renders latency by percentile, with equal width for each further nine, as HdrHistogram plots it. */
export function percentileChart(report: Report): string {
  const corrected = Histogram.fromEncoded(report.hdr);
  const uncorrected = Histogram.fromEncoded(report.uncorrected.hdr);
  const scale = logScale(
    Math.min(corrected.min, uncorrected.min),
    Math.max(corrected.max, uncorrected.max),
  );
  const line = (histogram: Histogram) =>
    Array.from({ length: 101 }, (_, i): Point => {
      const nines = i / 100 * (tails.length - 1);
      return { x: i / 100, y: scale.at(histogram.percentile(100 - 100 / 10 ** nines)) };
    });
  const x = tails.map((share, i): Tick => ({
    at: i / (tails.length - 1),
    label: i === 0 ? "min" : `p${share}`,
  }));
  const paced = report.options["load-schedule"] !== "closed";
  const lines = (paced ? polyline("two", line(uncorrected)) : "") +
    polyline("one", line(corrected));
  return chart({ x, y: scale.ticks }, lines, "Latency by percentile");
}

/** Renders the rate and the 99th percentile over time. */
export function courseChart({ windows, total }: Report): string {
  const seconds = total / 1e9;
  const course = windows.map(({ start, duration, errors, hdr }) => {
    const latency = Histogram.fromEncoded(hdr);
    const rate = (latency.count + errors) / (duration / 1000);
    return { x: (start + duration / 2) / (seconds * 1000), rate, p99: latency.percentile(99) };
  });
  const most = Math.max(1, ...course.map(({ rate }) => rate));
  const slow = course.map(({ p99 }) => p99).filter((p99) => p99 > 0);
  const scale = logScale(Math.min(...slow, 1e9), Math.max(...slow, 1));
  const lines = polyline("one", course.map(({ x, rate }) => ({ x, y: rate / most }))) +
    polyline("two", course.map(({ x, p99 }) => ({ x, y: scale.at(Math.max(p99, scale.low)) })));
  return chart(
    { x: secondTicks(seconds), y: countTicks(most), y2: scale.ticks },
    lines,
    "Requests a second and the 99th percentile over time",
  );
}

/** Renders the resident memory of client and server over time, for the first run of a merged report. */
export function memoryChart({ resources: [first], total }: Report): string {
  const courses = [first?.client.course ?? [], first?.server?.course ?? []];
  const most = Math.max(1, ...courses.flat().map(({ residentBytes }) => residentBytes));
  const end = Math.max(total / 1e6, ...courses.flat().map(({ at }) => at));
  const lines = courses.map((course, i) =>
    polyline(
      i === 0 ? "one" : "two",
      course.map(({ at, residentBytes }) => ({ x: at / end, y: residentBytes / most })),
    )
  );
  const y = [0, 0.5, 1].map((at) => ({ at, label: formatBytes(Math.round(at * most)) }));
  return chart({ x: secondTicks(end / 1000), y }, lines.join(""), "Resident memory over time");
}

/** Returns a logarithmic scale for nanoseconds, between values of the form 1, 2 or 5 times a power of ten. */
function logScale(min: number, max: number) {
  const marks = Array.from({ length: 13 }, (_, i) => [1, 2, 5].map((m) => m * 10 ** i)).flat();
  const low = marks.findLast((mark) => mark <= min) ?? 1;
  const high = marks.find((mark) => mark > Math.max(max, low)) ?? marks.at(-1)!;
  const at = (value: number) =>
    (Math.log(Math.max(value, low)) - Math.log(low)) / (Math.log(high) - Math.log(low));
  const inside = marks.filter((mark) => mark >= low && mark <= high);
  // More labels would overlap.
  const shown = inside.length > 8 ? inside.filter((mark) => /^1e|^10*$/.test(`${mark}`)) : inside;
  const ticks = shown.map((mark) => ({ at: at(mark), label: formatMark(mark) }));
  return { low, at, ticks };
}

function formatMark(nanoseconds: number): string {
  return formatNanoseconds(nanoseconds).replace(/\.00/, "");
}

function countTicks(most: number): Tick[] {
  const format = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
  return [0, 0.5, 1].map((at) => ({ at, label: format.format(at * most) }));
}

function secondTicks(seconds: number): Tick[] {
  return [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: `${fixed(at * seconds)} s` }));
}

function polyline(name: string, points: readonly Point[]): string {
  const list = points.map((point) => place(point).join(",")).join(" ");
  return `<polyline class="${name}" points="${list}"/>`;
}

function chart(axes: Axes, content: string, title: string): string {
  const grid = axes.y.map(({ at, label }) => {
    const [x, y] = place({ x: 0, y: at });
    return `<line class="grid" x1="${x}" x2="${width - right}" y1="${y}" y2="${y}"/>` +
      `<text x="${x - 6}" y="${fixed(y + 4)}" text-anchor="end">${label}</text>`;
  });
  const secondary = (axes.y2 ?? []).map(({ at, label }) => {
    const [x, y] = place({ x: 1, y: at });
    return `<text x="${x + 6}" y="${fixed(y + 4)}">${label}</text>`;
  });
  const below = axes.x.map(({ at, label }) => {
    const [x, y] = place({ x: at, y: 0 });
    return `<text x="${x}" y="${y + 18}" text-anchor="middle">${label}</text>`;
  });
  return `<svg viewBox="0 0 ${width} ${height}" role="img"><title>${title}</title>${
    [...grid, ...secondary, ...below].join("")
  }${content}</svg>`;
}

function place({ x, y }: Point): [x: number, y: number] {
  return [
    fixed(left + x * (width - left - right)),
    fixed(height - bottom - y * (height - top - bottom)),
  ];
}

function fixed(value: number): number {
  return Math.round(value * 100) / 100;
}
