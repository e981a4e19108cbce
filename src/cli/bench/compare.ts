import {
  type Change,
  compareReports,
  CONFIDENCE,
  formatNanoseconds,
  type Report,
} from "../../bench/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { warn } from "../output.ts";
import { writeText } from "./conclude.ts";
import { reportIn, usable } from "./merge.ts";
import type { BenchOptions } from "./options.ts";

interface CompareOptions extends BenchOptions {
  readonly fail?: boolean;
}

/** `bench compare BEFORE AFTER`. */
export function compare(before: string, after: string, options: CompareOptions): void {
  const { format, output, seed } = options;
  if (format !== "summary" && format !== "json") {
    throw usageError(`-O ${format} does not fit bench compare`, "Use summary or json");
  }
  const [a, b] = usable(() => [before, after].map(reportIn));
  for (const difference of differencesOf(a, b)) warn(difference);
  const changes = usable(() => compareReports(a, b, seed));
  const errors = { before: a.errors, after: b.errors };
  const text = format === "json"
    ? `${JSON.stringify({ confidence: CONFIDENCE, errors, changes }, null, 2)}\n`
    : table(changes, errors);
  writeText(text, output);
  const worse = changes.filter(({ verdict }) => verdict === "worse").map(({ figure }) => figure);
  if (b.errors > a.errors) worse.push("errors");
  if (options.fail && worse.length > 0) {
    throw new CliError(ExitCode.threshold, `${after} is worse than ${before}: ${worse.join(", ")}`);
  }
}

/** Options in which two loads differ, so that their figures do too. */
function differencesOf(a: Report, b: Report): string[] {
  const keys = [...new Set([...Object.keys(a.options), ...Object.keys(b.options)])]
    .filter((key) => !["hosts", "seed"].includes(key));
  return keys.flatMap((key) => {
    const [before, after] = [a, b].map(({ options }) => JSON.stringify(options[key]));
    return before === after ? [] : [`the loads differ: ${key} was ${before}, and is ${after}`];
  });
}

function table(
  changes: readonly Change[],
  errors: { readonly before: number; readonly after: number },
): string {
  const rows = [
    ["figure", "before", "after", "change", `${CONFIDENCE * 100} % interval`, ""],
    ...changes.map(({ figure, before, after, ratio, low, high, verdict }) => {
      const format = figure === "rps" ? (value: number) => value.toFixed(1) : formatNanoseconds;
      const interval = `${percent(low)} … ${percent(high)}`;
      return [figure, format(before), format(after), percent(ratio), interval, words[verdict]];
    }),
    ["errors", `${errors.before}`, `${errors.after}`, "", "", ""],
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => {
    const line = row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]));
    return `${line.join("  ").trimEnd()}\n`;
  }).join("");
}

const words: Readonly<Record<Change["verdict"], string>> = {
  better: "better",
  worse: "WORSE",
  same: "within noise",
};

/** A ratio as a change: `+3.2 %`. */
function percent(ratio: number): string {
  const change = (ratio - 1) * 100;
  return `${change < 0 ? "" : "+"}${change.toFixed(1)} %`;
}
