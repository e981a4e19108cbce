/** `bench compare`: the figures that differ between two sets of runs by more than noise. @module */
import {
  type Change,
  comparedFigures,
  compareReports,
  formatNanoseconds,
  type Report,
  SIGNIFICANCE,
  type Spread,
  type Verdict,
} from "../../bench/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { note, warn } from "../output.ts";
import { openOutput, writeText } from "./conclude.ts";
import type { BenchOptions } from "./options.ts";
import { runsIn, usable } from "./report_files.ts";

interface CompareOptions extends BenchOptions {
  readonly fail?: boolean;
}

/** The runs of both sides of a comparison. */
export interface Sides {
  readonly before: readonly Report[];
  readonly after: readonly Report[];
}

/**
 * `bench compare`.
 *
 * @param files two files, any number of files with `separated` of them after `--`, or one file written
 *   with `--against`
 * @throws {CliError} with exit code 3 when `--fail` is given and a figure is worse
 */
export function compare(
  files: readonly string[],
  separated: number | undefined,
  options: CompareOptions,
): void {
  const { format } = options;
  if (format !== "summary" && format !== "json") {
    throw usageError(`-O ${format} does not fit bench compare`, "Use summary or json");
  }
  using output = openOutput(options);
  const sides = usable(() => sidesOf(files, separated));
  const { text, worse } = comparison(sides, options);
  writeText(text, options.output, output);
  if (options.fail && worse.length > 0) {
    throw new CliError(ExitCode.threshold, `The second side is worse: ${worse.join(", ")}`);
  }
}

/** The comparison of two sides as text or JSON, and the names of the figures that became worse. */
export function comparison(
  { before, after }: Sides,
  { format, seed }: Pick<BenchOptions, "format" | "seed">,
): { readonly text: string; readonly worse: readonly string[] } {
  for (const difference of differencesOf(before[0], after[0])) warn(difference);
  const changes = compareReports(before, after, seed);
  const errors = { before: errorsOf(before), after: errorsOf(after) };
  const runs = { before: before.length, after: after.length };
  if (changes.some(({ verdict }) => verdict === "unknown")) {
    note(
      `not enough runs for a verdict: ${runs.before} and ${runs.after}. Runs of one server differ ` +
        "among themselves; make 5 a side or more, by turns: --repeat 5 --against ADDRESS",
    );
  }
  const text = format === "json"
    ? `${JSON.stringify({ significance: SIGNIFICANCE, runs, errors, changes }, null, 2)}\n`
    : table(changes, errors);
  const worse = changes.filter(({ verdict }) => verdict === "worse").map(({ figure }) => figure);
  if (errors.after > errors.before) worse.push("errors");
  return { text, worse };
}

function sidesOf(files: readonly string[], separated: number | undefined): Sides {
  if (separated !== undefined) {
    if (separated === 0 || separated === files.length) {
      throw usageError("A side of -- has no reports", "Write compare A1 A2 A3 A4 -- B1 B2 B3 B4");
    }
    const [before, after] = [files.slice(0, -separated), files.slice(-separated)];
    return { before: before.flatMap(allRunsIn), after: after.flatMap(allRunsIn) };
  }
  const [first, second, ...more] = files;
  if (more.length > 0) {
    throw usageError("-- must separate the two sides", "Write compare A1 A2 A3 -- B1 B2 B3");
  }
  if (second !== undefined) return { before: allRunsIn(first), after: allRunsIn(second) };
  const { runs, against } = runsIn(first);
  if (against.length > 0) return { before: against, after: runs };
  throw usageError(`${JSON.stringify(first)} has one side`, "Name the report to compare it with");
}

function allRunsIn(file: string): readonly Report[] {
  return runsIn(file).runs;
}

function errorsOf(reports: readonly Report[]): number {
  return reports.reduce((sum, { errors }) => sum + errors, 0);
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
    ["figure", "before (range)", "after (range)", "change", "p", ""],
    ...changes.map(({ figure, before, after, ratio, p, verdict }) => [
      figure,
      spread(before, figure),
      spread(after, figure),
      percent(ratio),
      p.toFixed(3),
      words[verdict],
    ]),
    ["errors", `${errors.before}`, `${errors.after}`, "", "", ""],
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => {
    const line = row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]));
    return `${line.join("  ").trimEnd()}\n`;
  }).join("");
}

const words: Readonly<Record<Verdict, string>> = {
  better: "better",
  worse: "WORSE",
  same: "within noise",
  unknown: "not enough runs",
};

function spread({ mean, min, max }: Spread, figure: string): string {
  const unit = comparedFigures.find(({ name }) => name === figure)!.unit;
  const format = unit === "rate" ? (value: number) => value.toFixed(0) : formatNanoseconds;
  return `${format(mean)} (${format(min)} … ${format(max)})`;
}

/** A ratio as a change: `+3.2 %`. */
function percent(ratio: number): string {
  const change = (ratio - 1) * 100;
  return `${change < 0 ? "" : "+"}${change.toFixed(1)} %`;
}
