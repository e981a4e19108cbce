/** The command line: subcommands, output and exit codes. @module */
import config from "../../deno.json" with { type: "json" };
import { ExitCode } from "./exit.ts";
import { writeResult } from "./output.ts";

/** Runs a command line and returns its exit code. Errors are written to standard error, never thrown. */
export async function run(given: readonly string[]): Promise<number> {
  if (given.length === 1 && ["--version", "-V"].includes(given[0]) && answered()) {
    return ExitCode.done;
  }
  const program = await import("./run.ts");
  return await program.run(given);
}

/** Prints the version without loading the program, which takes longer. Returns false when it cannot be written. */
function answered(): boolean {
  try {
    writeResult(`${config.version}\n`);
    return true;
  } catch {
    // The program fails alike, and reports it.
    return false;
  }
}
