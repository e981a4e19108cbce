import { StatusCode } from "../../../grpc/mod.ts";
import { ReflectionError, type ReflectionErrorCode } from "../../../grpc/reflection/mod.ts";
import { CliError, ExitCode, exitCodeOfStatus } from "../../exit.ts";

const hints: Partial<Record<ReflectionErrorCode, string>> = {
  UNKNOWN_SYMBOL: "List the services of the server with: signer call list",
  NO_REFLECTION: "Describe its services with --protoset FILE, or --proto FILE --import-path DIR",
  TOO_LARGE: "Describe its services with --protoset FILE, or --proto FILE --import-path DIR",
  BAD_DESCRIPTORS: "Describe its services with --protoset FILE, or --proto FILE --import-path DIR",
};

/**
 * Runs work on descriptors. Its `ReflectionError`s become errors of the command.
 *
 * @throws {CliError}
 */
export function withReflectionErrors<T>(work: () => T): T {
  try {
    const result = work();
    return result instanceof Promise
      ? result.catch((error) => {
        throw cliErrorOf(error);
      }) as T
      : result;
  } catch (error) {
    throw cliErrorOf(error);
  }
}

function cliErrorOf(error: unknown): unknown {
  if (!(error instanceof ReflectionError)) return error;
  const hint = hints[error.code];
  return new CliError(exitCodeOf(error), error.message, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

function exitCodeOf({ code, status }: ReflectionError): number {
  switch (code) {
    case "BAD_JSON":
    case "BAD_SOURCE":
      return ExitCode.usage;
    case "UNKNOWN_SYMBOL":
    case "NO_REFLECTION":
      return exitCodeOfStatus(status ?? StatusCode.NOT_FOUND);
    case "BAD_DESCRIPTORS":
    case "BAD_MESSAGE":
    case "TOO_LARGE":
      return ExitCode.failed;
  }
}
