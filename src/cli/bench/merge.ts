import { mergeReports, readReport, type Report, ReportError } from "../../bench/mod.ts";
import { readFile } from "../call/input.ts";
import { usageError } from "../exit.ts";
import { conclude } from "./conclude.ts";
import type { BenchOptions } from "./options.ts";

/** `bench merge FILES`. */
export function merge(files: readonly string[], options: BenchOptions): void {
  conclude(usable(() => mergeReports(files.map(reportIn))), options);
}

/** The report in a file. */
export function reportIn(file: string): Report {
  return readReport(new TextDecoder().decode(readFile(file)), JSON.stringify(file));
}

/**
 * Does something with reports that the command line names.
 *
 * @throws {CliError} when they cannot be used
 */
export function usable<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof ReportError)) throw cause;
    throw usageError(cause.message);
  }
}
