import { renderReport, type Report } from "../../bench/mod.ts";
import { CliError, ExitCode, usageError } from "../exit.ts";
import { note, warn, writeResult } from "../output.ts";
import type { BenchOptions } from "./options.ts";

/**
 * Writes a report, and ends the command by what is in it: a condition that was missed is exit code 3,
 * requests that failed are 1, unless a condition says how many may.
 *
 * @throws {CliError}
 */
export function conclude(report: Report, options: BenchOptions): void {
  writeReport(report, options);
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
    throw new CliError(ExitCode.interrupted, "Interrupted: the report is of a part of the load");
  }
  const allowed = conditions.some(({ metric }) => metric === "errors" || metric === "unsent");
  if (failure !== undefined && !allowed) {
    throw new CliError(ExitCode.failed, failure, {
      hint: "How many may fail is said by a condition: --assert 'errors<0.1%'",
    });
  }
}

/** Writes a report in the form asked for, to a file where one is named. */
export function writeReport(report: Report, { format, output }: BenchOptions): void {
  writeText(renderReport(report, format), output);
  if (format === "summary" && output === undefined) return;
  for (const warning of report.warnings) warn(warning);
}

/** Writes text to a file where one is named, else as the result. */
export function writeText(text: string, file: string | undefined): void {
  if (file === undefined || file === "-") return writeResult(text);
  try {
    Deno.writeTextFileSync(file, text);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw usageError(`Cannot write ${JSON.stringify(file)}: ${cause.message}`);
  }
  note(`report: ${file}`);
}

function failureOf({ count, errors, unsent, errorDistribution }: Report): string | undefined {
  if (count === 0) return "No request has ended";
  if (errors > 0) {
    const [first] = Object.keys(errorDistribution);
    return `${errors} of ${count} requests failed${first === undefined ? "" : `: ${first}`}`;
  }
  return unsent > 0 ? `${unsent} requests were due and never sent` : undefined;
}
