/** The table of a comparison. @module */
import {
  type Change,
  comparedFigures,
  type Comparison,
  formatNanoseconds,
  SIGNIFICANCE,
  type Spread,
  type Verdict,
} from "../../bench/mod.ts";

/** The numbers of both sides of a comparison. */
interface Both {
  readonly before: number;
  readonly after: number;
}

/** Renders a comparison: a line for each figure, and a line with the numbers of runs and pairs. */
export function changeTable(
  { runs, errors, pairs, changes }: Comparison & { readonly runs: Both; readonly errors: Both },
): string {
  const head = pairs > 0
    ? ["figure", "before", "after", "change", `${(1 - SIGNIFICANCE) * 100} % interval`, "p", ""]
    : ["figure", "before (range)", "after (range)", "change", "p", ""];
  const errorRow = ["errors", `${errors.before}`, `${errors.after}`];
  const rows = [
    head,
    ...changes.map(rowOf),
    [...errorRow, ...head.slice(errorRow.length).map(() => "")],
  ];
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const lines = rows.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
      .join("  ").trimEnd()
  );
  const compared = pairs > 0 ? `by ${pairs} pairs of slices` : "as a whole";
  const basis = `${runs.before} and ${runs.after} runs, compared ${compared}`;
  return [...lines, basis].map((line) => `${line}\n`).join("");
}

/** Returns the cells of a figure. The interval of the change, where there is one, replaces the range of the runs. */
function rowOf({ figure, before, after, ratio, interval, p, verdict }: Change): string[] {
  const { unit } = comparedFigures.find(({ name }) => name === figure)!;
  const value = unit === "rate" ? (rate: number) => rate.toFixed(0) : formatNanoseconds;
  const cells = interval === undefined
    ? [...[before, after].map((spread) => withRange(spread, value)), percent(ratio)]
    : [
      ...[before, after].map(({ mean }) => value(mean)),
      percent(ratio),
      `${percent(interval.low)} … ${percent(interval.high)}`,
    ];
  return [figure, ...cells, p < 0.001 ? "<0.001" : p.toFixed(3), words[verdict]];
}

const words: Readonly<Record<Verdict, string>> = {
  better: "better",
  worse: "WORSE",
  same: "within noise",
  unknown: "not enough runs",
};

function withRange({ mean, min, max }: Spread, value: (each: number) => string): string {
  return `${value(mean)} (${value(min)} … ${value(max)})`;
}

/** A ratio as a change: `+3.2 %`. */
function percent(ratio: number): string {
  const change = (ratio - 1) * 100;
  return `${change < 0 ? "" : "+"}${change.toFixed(1)} %`;
}
