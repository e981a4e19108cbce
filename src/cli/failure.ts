/** The report of the error that ended a command, and its exit code. @module */
import { ConfigError } from "../config/mod.ts";
import { findError } from "../errors/mod.ts";
import { CliError, ExitCode } from "./exit.ts";
import { missingFileHint } from "./file_failure.ts";
import { fail, note, OutputClosed } from "./output.ts";

/** The environment variable with the effect of `--debug`. */
const DEBUG_VARIABLE = "SIGNER_DEBUG";

/**
 * Writes an error to standard error and returns its exit code. An error of unknown kind is a defect of this
 * program and is reported as "Unexpected". `debug`, or SIGNER_DEBUG, adds the stack.
 */
export function reportFailure(error: unknown, debug: boolean): number {
  if (error instanceof OutputClosed) return ExitCode.done;
  if (isCommanderError(error)) return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) fail(problem);
    return ExitCode.usage;
  }
  const known = describe(error);
  fail(known.message, known.hint);
  if (debug || debugVariable()) {
    for (const line of Deno.inspect(error, { colors: false }).split("\n")) note(line);
  }
  return known.exitCode;
}

/**
 * Reports that commander has thrown an error, as it does for help and version; exit code 1 is the help for a missing
 * subcommand. To import its class would load commander, which a server does without.
 */
function isCommanderError(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Error && "code" in error && `${error.code}`.startsWith("commander.");
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
  // A wrong key, file, passphrase or provider on the command line, unless the provider itself failed.
  const ofKeys = findError(error, "crypto");
  if (ofKeys && ofKeys === error) {
    const exitCode = ofKeys.code === "PROVIDER_FAILED" ? ExitCode.failed : ExitCode.usage;
    return { message: ofKeys.message, hint: missingFileHint(ofKeys), exitCode };
  }
  // A wrong audit file on the command line, or a log that cannot be written.
  const ofAudit = findError(error, "audit");
  if (ofAudit && ofAudit === error) {
    const exitCode = ofAudit.code === "AUDIT_FILE" ? ExitCode.usage : ExitCode.failed;
    return { message: ofAudit.message, exitCode };
  }
  // A file of tokens or rules.
  const ofAccess = findError(error, "access");
  if (ofAccess && ofAccess === error) {
    return { message: ofAccess.message, hint: missingFileHint(ofAccess), exitCode: ExitCode.usage };
  }
  // An address on the command line that cannot be parsed, bound or reached.
  const ofNet = findError(error, "net");
  if (ofNet && ofNet === error) return { message: ofNet.message, exitCode: ExitCode.usage };
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
