import { CommanderError } from "commander";
import { CliError, ExitCode } from "./exit.ts";
import { fail, note, OutputClosed } from "./output.ts";

/** The environment variable that stands for `--debug`. */
const DEBUG_VARIABLE = "SIGNER_DEBUG";

/**
 * Says on standard error what ended the command, and gives the exit code that it stands for. What is
 * no known kind of error is a defect: its stack is shown when `debug` (or SIGNER_DEBUG) asks for it.
 */
export function reportFailure(error: unknown, debug: boolean): number {
  if (error instanceof OutputClosed) return ExitCode.done;
  // Help and version end as errors of commander's; their exit code is 1 where help stands for a
  // subcommand that was not named.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  const known = describe(error);
  fail(known.message, known.hint);
  if (debug || debugVariable()) {
    for (const line of Deno.inspect(error, { colors: false }).split("\n")) note(line);
  }
  return known.exitCode;
}

function describe(
  error: unknown,
): { message: string; hint?: string | undefined; exitCode: number } {
  if (error instanceof CliError) return error;
  if (error instanceof Deno.errors.NotCapable) {
    return {
      message: error.message,
      hint: "Grant the permission set of deno.json: deno run -P main.ts …",
      exitCode: ExitCode.usage,
    };
  }
  // Told by name, so that a command that needs no key does not load src/crypto. All but a failure of the
  // provider itself are for the user to mend: the wrong key, file, passphrase or provider was named.
  if (error instanceof Error && error.name === "CryptoError") {
    const { code } = error as Error & { code: string };
    const exitCode = code === "PROVIDER_FAILED" ? ExitCode.failed : ExitCode.usage;
    return { message: error.message, exitCode };
  }
  // An address that cannot be read, listened on or reached was named on the command line.
  if (error instanceof Error && error.name === "NetError") {
    return { message: error.message, exitCode: ExitCode.usage };
  }
  return {
    message: `Unexpected: ${error instanceof Error ? error.message : String(error)}`,
    hint: `Set ${DEBUG_VARIABLE}=1, or add --debug, to see where it came from`,
    exitCode: ExitCode.failed,
  };
}

function debugVariable(): boolean {
  // Asked first, because reading without the permission would stop to prompt for it.
  const { state } = Deno.permissions.querySync({ name: "env", variable: DEBUG_VARIABLE });
  return state === "granted" && !["", "0", undefined].includes(Deno.env.get(DEBUG_VARIABLE));
}
