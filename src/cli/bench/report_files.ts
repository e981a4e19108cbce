/** Reports named on the command line. @module */
import { readReport, readRuns, type Report, ReportError, type Runs } from "../../bench/mod.ts";
import { readFile } from "../read_file.ts";
import { usageError } from "../exit.ts";

/** Reads a file of one report. */
export function reportIn(file: string): Report {
  return readReport(textOf(file), JSON.stringify(file));
}

/** Reads a file of one report or of repeated runs. */
export function runsIn(file: string): Runs {
  return readRuns(textOf(file), JSON.stringify(file));
}

function textOf(file: string): string {
  return new TextDecoder().decode(readFile(file));
}

/**
 * Runs work on reports. A `ReportError` becomes an error of the command line.
 *
 * @throws {CliError} when a report cannot be used
 */
export function usable<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof ReportError)) throw cause;
    throw usageError(cause.message);
  }
}
