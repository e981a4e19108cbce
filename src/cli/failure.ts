/** The report of the error that ended a command, and its exit code. @module */
import { CommanderError } from "commander";
import { CliError, ExitCode } from "./exit.ts";
import { fail, note, OutputClosed } from "./output.ts";

/** The environment variable with the effect of `--debug`. */
const DEBUG_VARIABLE = "SIGNER_DEBUG";

/**
 * Writes an error to standard error and returns its exit code. An error of unknown kind is a defect of this
 * program and is reported as "Unexpected". `debug`, or SIGNER_DEBUG, adds the stack.
 */
export function reportFailure(error: unknown, debug: boolean): number {
  if (error instanceof OutputClosed) return ExitCode.done;
  // Commander throws errors for help and version; exit code 1 is the help for a missing subcommand.
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
  // Recognised by name, so that a command without keys does not load src/crypto. All codes but
  // PROVIDER_FAILED mean a wrong key, file, passphrase or provider on the command line.
  if (error instanceof Error && error.name === "CryptoError") {
    const { code } = error as Error & { code: string };
    const exitCode = code === "PROVIDER_FAILED" ? ExitCode.failed : ExitCode.usage;
    return { message: error.message, exitCode };
  }
  // An address on the command line that cannot be parsed, bound or reached.
  if (error instanceof Error && error.name === "NetError") {
    return { message: error.message, exitCode: ExitCode.usage };
  }
  return {
    message: `Unexpected: ${error instanceof Error ? error.message : String(error)}`,
    hint: `Set ${DEBUG_VARIABLE}=1 or add --debug to see the stack`,
    exitCode: ExitCode.failed,
  };
}

function debugVariable(): boolean {
  // Without the permission, reading the variable would prompt for it.
  const { state } = Deno.permissions.querySync({ name: "env", variable: DEBUG_VARIABLE });
  return state === "granted" && !["", "0", undefined].includes(Deno.env.get(DEBUG_VARIABLE));
}
