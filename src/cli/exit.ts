/** Exit codes, and the error that carries one. @module */

import type { ErrorCodes, LayerError } from "../errors/mod.ts";

/** The exit codes of the program. A failed call is 64 + its gRPC status, as grpcurl has it. */
export const ExitCode = {
  done: 0,
  failed: 1,
  /** A wrong command line or configuration. */
  usage: 2,
  /** A missed threshold of `bench`. */
  threshold: 3,
  /** SIGINT or SIGTERM at a prompt or during a load: 128 + SIGINT, as shells report Ctrl-C. */
  interrupted: 130,
} as const;

/** The status that stands for all that gRPC does not know: UNKNOWN. */
const unknownStatus = 2;

/** The last status that gRPC knows: UNAUTHENTICATED. */
const lastStatus = 16;

/**
 * The exit code of a call that ended with a gRPC status. A status that is none is UNKNOWN: added to 64, it
 * could wrap to the exit code 0.
 */
export function exitCodeOfStatus(status: number): number {
  const known = Number.isInteger(status) && status > 0 && status <= lastStatus;
  return 64 + (known ? status : unknownStatus);
}

/** An error that ends a command: a line for people, a hint and the exit code. */
export class CliError extends Error implements LayerError<"cli"> {
  override readonly name = "CliError";
  readonly layer = "cli";
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(exitCode: number, message: string, options?: ErrorOptions & { hint?: string }) {
    super(message, options);
    this.exitCode = exitCode;
    this.hint = options?.hint;
  }

  get code(): ErrorCodes["cli"] {
    switch (this.exitCode) {
      case ExitCode.usage:
        return "USAGE";
      case ExitCode.threshold:
        return "THRESHOLD";
      default:
        if (this.exitCode >= 128) return "INTERRUPTED";
        return this.exitCode >= 64 ? "CALL_FAILED" : "FAILED";
    }
  }
}

/** The error of a wrong command line. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(ExitCode.usage, message, hint === undefined ? {} : { hint });
}

/** The error of a command that a signal has ended before it had a result. */
export function interruptedError(): CliError {
  return new CliError(ExitCode.interrupted, "Interrupted");
}
