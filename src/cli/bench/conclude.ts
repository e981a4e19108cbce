/** The end of a bench: its report is written, and its exit code follows from the figures. @module */
import { renderReport, type Report } from "../../bench/mod.ts";
import { CliError, ExitCode } from "../exit.ts";
import { OutputFile } from "../output_file.ts";
import { note, warn, writeResult } from "../output.ts";
import type { BenchOptions } from "./options.ts";

/** Opens the file of `-o` before the load, which would be lost if it could not be written after it. */
export function openOutput({ output }: Pick<BenchOptions, "output">): OutputFile | undefined {
  return output === undefined || output === "-" ? undefined : OutputFile.open(output);
}

/**
 * Writes a report and ends the command with the exit code of its figures.
 *
 * @throws {CliError} as {@linkcode judge}
 */
export function conclude(
  report: Report,
  options: BenchOptions,
  output: OutputFile | undefined,
): void {
  writeReport(report, options, output);
  judge(report, options);
}

/**
 * Fails with exit code 3 for a missed condition, and with 1 for failed requests unless a condition limits their
 * number.
 *
 * @throws {CliError}
 */
export function judge(report: Report, options: Pick<BenchOptions, "assert">): void {
  const conditions = options.assert ?? [];
  const missed = conditions.flatMap((condition) => condition.failure(report) ?? []);
  const failure = failureOf(report);
  if (missed.length > 0) {
    if (failure !== undefined) warn(failure);
    throw new CliError(
      ExitCode.threshold,
      `${missed.length} of ${conditions.length} conditions are missed: ${missed.join("; ")}`,
    );
  }
  if (report.endReason === "interrupted") {
    throw new CliError(ExitCode.interrupted, "Interrupted: the report covers a part of the load");
  }
  const allowed = conditions.some(({ metric }) => metric === "errors" || metric === "unsent");
  if (failure !== undefined && !allowed) {
    throw new CliError(ExitCode.failed, failure, {
      hint: "Allow some requests to fail with a condition: --assert 'errors<0.1%'",
    });
  }
}

function writeReport(
  report: Report,
  { format, output: path }: BenchOptions,
  output: OutputFile | undefined,
): void {
  writeText(renderReport(report, format), path, output);
  if (format === "summary" && output === undefined) return;
  for (const warning of report.warnings) warn(warning);
}

/** Writes text to the output file, or to standard output where there is none. */
export function writeText(
  text: string,
  path: string | undefined,
  output: OutputFile | undefined,
): void {
  if (output === undefined) return writeResult(text);
  output.write(text);
  note(`report: ${path}`);
}

function failureOf({ count, errors, unsent, errorDistribution }: Report): string | undefined {
  if (count === 0) return "No request has ended";
  if (errors > 0) {
    const [first] = Object.keys(errorDistribution);
    return `${errors} of ${count} requests failed${first === undefined ? "" : `: ${first}`}`;
  }
  return unsent > 0 ? `${unsent} requests were due and never sent` : undefined;
}
