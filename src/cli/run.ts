/** The way from the arguments of the program to its exit code. @module */
import { ExitCode } from "./exit.ts";
import { reportFailure } from "./failure.ts";
import { translateSpellings } from "./foreign_spellings.ts";
import { prefixDiagnostics } from "./output.ts";
import { onUncaught } from "./uncaught.ts";

/** Runs a command line and returns its exit code. Errors are written to standard error, never thrown. */
export async function run(given: readonly string[]): Promise<number> {
  const debug = given.includes("--debug");
  // Errors in timers and listeners are reported as those of the command itself.
  using _uncaught = onUncaught((error) => Deno.exit(reportFailure(error, debug)));
  try {
    const named = commandNamed(given);
    const args = translateSpellings(named, given);
    if (named === "serve" && wantsJsonLogs(args)) {
      const { writeDiagnosticsAsJson } = await import("./json_diagnostics.ts");
      writeDiagnosticsAsJson();
    }
    if (named === "serve" && Deno.env.get("JOURNAL_STREAM") !== undefined) {
      const { isJournal, journalPrefix } = await import("../telemetry/mod.ts");
      // `--log-to` has standard error go elsewhere later.
      prefixDiagnostics((level) => isJournal() ? journalPrefix(level) : "");
    }
    if (named === "serve" || named === "keygen") {
      const { guardProcess } = await import("./signals.ts");
      guardProcess(named);
    }
    if (args[0] === "serve") {
      const { servePlainly } = await import("./serve/start/mod.ts");
      if (await servePlainly(args.slice(1))) return ExitCode.done;
    }
    const { runCommand } = await import("./program.ts");
    await runCommand(named, args, run);
    return ExitCode.done;
  } catch (error) {
    return reportFailure(error, debug);
  }
}

/** Returns the first word that is neither an option of the program nor its value. */
function commandNamed(args: readonly string[]): string {
  return args.find((arg, at) =>
    arg !== "--debug" && !arg.startsWith("--context") && args[at - 1] !== "--context"
  ) ?? "";
}

/** Looks for `--log-format json`, before the options are parsed: their errors are logged as well. */
function wantsJsonLogs(args: readonly string[]): boolean {
  return Deno.env.get("SIGNER_SERVE_LOG_FORMAT") === "json" || args.includes("--log-format=json") ||
    args.some((arg, at) => arg === "--log-format" && args[at + 1] === "json");
}
