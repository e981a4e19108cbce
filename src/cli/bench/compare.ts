/** `bench compare`: the figures that differ between two sets of runs by more than noise. @module */
import { compareReports, type Report, SIGNIFICANCE } from "../../bench/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { note, warn } from "../output.ts";
import { changeTable } from "./change_table.ts";
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
  /** True if run i of one side took turns with run i of the other. */
  readonly paired: boolean;
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
  { before, after, paired }: Sides,
  { format, seed }: Pick<BenchOptions, "format" | "seed">,
): { readonly text: string; readonly worse: readonly string[] } {
  for (const difference of differencesOf(before[0], after[0])) warn(difference);
  const { pairs, changes } = compareReports(before, after, { paired, seed });
  const runs = { before: before.length, after: after.length };
  const errors = { before: errorsOf(before), after: errorsOf(after) };
  if (changes.some(({ verdict }) => verdict === "unknown")) {
    note(
      `not enough runs for a verdict: ${runs.before} and ${runs.after}. Runs of one server differ ` +
        "among themselves; make 5 a side or more, by turns: --repeat 5 --against ADDRESS",
    );
  }
  const result = { significance: SIGNIFICANCE, runs, pairs, errors, changes };
  const text = format === "json" ? `${JSON.stringify(result, null, 2)}\n` : changeTable(result);
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
    return { before: before.flatMap(allRunsIn), after: after.flatMap(allRunsIn), paired: false };
  }
  const [first, second, ...more] = files;
  if (more.length > 0) {
    throw usageError("-- must separate the two sides", "Write compare A1 A2 A3 -- B1 B2 B3");
  }
  if (second !== undefined) {
    return { before: allRunsIn(first), after: allRunsIn(second), paired: false };
  }
  const { runs, against } = runsIn(first);
  if (against.length > 0) return { before: against, after: runs, paired: true };
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
