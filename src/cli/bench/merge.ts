/** `bench merge`: one report of the runs of several machines. @module */
import { mergeReports } from "../../bench/mod.ts";
import { conclude, openOutput } from "./conclude.ts";
import type { BenchOptions } from "./options.ts";
import { reportIn, usable } from "./report_files.ts";

/** `bench merge FILES`. */
export function merge(files: readonly string[], options: BenchOptions): void {
  using output = openOutput(options);
  conclude(usable(() => mergeReports(files.map(reportIn))), options, output);
}
