import { usageError } from "../exit.ts";
import { writeResult } from "../output.ts";
import type { OutputForm } from "./options.ts";
import { printableLines } from "./printable.ts";

/** A result in each form that it has. */
export interface Result {
  readonly text: () => string;
  readonly json: () => unknown;
  /** Missing where there are no bytes to speak of. */
  readonly raw?: () => Uint8Array;
}

/** Refuses `--output raw` for what has no raw form, before anything is dialled. */
export function refuseRaw(output: OutputForm | undefined, verb: string): void {
  if (output === "raw") {
    throw usageError(
      `--output raw does not fit ${verb}`,
      "It is for echo, sign and public-key: use text or json",
    );
  }
}

/** Prints a result in the form asked for, to a file where one is named. */
export function printResult(result: Result, output: OutputForm = "text", file?: string): void {
  const content = output === "raw" && result.raw
    ? result.raw()
    : output === "json"
    ? `${printableLines(JSON.stringify(result.json(), null, 2))}\n`
    : result.text();
  if (file === undefined || file === "-") return writeResult(content);
  try {
    if (typeof content === "string") Deno.writeTextFileSync(file, content);
    else Deno.writeFileSync(file, content);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw usageError(`Cannot write ${JSON.stringify(file)}: ${cause.message}`);
  }
}
