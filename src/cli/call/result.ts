/** The results of `call`, in the form that `--output` names. @module */
import { usageError } from "../exit.ts";
import { OutputFile } from "../output_file.ts";
import { writeResult } from "../output.ts";
import { printable } from "../../printable/mod.ts";
import type { OutputForm } from "../client/options/mod.ts";

/** A result in each form that it has. */
export interface Result {
  /** Lines without line feeds. Control characters in a line are escaped when it is printed. */
  readonly text: () => readonly string[];
  readonly json: () => unknown;
  /** The bytes of the result, if it has any. */
  readonly raw?: () => Uint8Array;
}

/**
 * Refuses `--output raw` for a result without bytes, before the client connects.
 *
 * @throws {CliError}
 */
export function refuseRaw(output: OutputForm | undefined, verb: string): void {
  if (output === "raw") {
    throw usageError(
      `--output raw does not fit ${verb}`,
      "It is for echo, sign and public-key: use text or json",
    );
  }
}

/** Opens the file of `--out` before the work, so that an unwritable file is an early error. */
export function openOut(file: string | undefined): OutputFile | undefined {
  return file === undefined || file === "-" ? undefined : OutputFile.open(file);
}

/** Prints a result in a form, or writes it to a file. */
export function printResult(result: Result, output: OutputForm = "text", file?: OutputFile): void {
  const content = output === "raw" && result.raw
    ? result.raw()
    : output === "json"
    ? `${JSON.stringify(result.json(), null, 2)}\n`
    : result.text().map((line) => `${printable(line)}\n`).join("");
  if (file) file.write(content);
  else writeResult(content);
}
