/** The exit codes of the program. A failed call is 64 + its gRPC status, as grpcurl has it. */
export const ExitCode = {
  done: 0,
  failed: 1,
  /** A wrong command line or configuration. */
  usage: 2,
  /** A threshold of `bench` was missed. */
  threshold: 3,
  /** Ctrl-C at a prompt: 128 + SIGINT, as shells report it. */
  interrupted: 130,
} as const;

/** The exit code of a call that ended with a gRPC status. */
export function exitCodeOfStatus(status: number): number {
  return 64 + status;
}

/** The end of a command in error: one line for people, how to mend it, and the exit code. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(exitCode: number, message: string, options?: ErrorOptions & { hint?: string }) {
    super(message, options);
    this.exitCode = exitCode;
    this.hint = options?.hint;
  }
}

/** A wrong command line. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError(ExitCode.usage, message, hint === undefined ? {} : { hint });
}
