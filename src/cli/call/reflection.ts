import { StatusCode, statusName } from "../../grpc/mod.ts";
import { CliError, ExitCode, exitCodeOfStatus } from "../exit.ts";
import { readFileDescriptor } from "./descriptors.ts";
import { printable } from "./printable.ts";
import {
  reflectionMethod,
  type ReflectionRequest,
  type ReflectionResponse,
  reflectionVersions,
} from "./reflection_service.ts";
import { Schema } from "./schema.ts";
import type { Session } from "./session.ts";

/**
 * Files that a server may make this client fetch for one symbol. What a service needs of the largest
 * public interfaces is under a hundred; a server that goes on for ever must not.
 */
const maxFiles = 500;

/**
 * The names of the services that the server says it has.
 *
 * @throws {CliError} when it has no reflection service, or refuses
 */
export async function reflectServices(session: Session): Promise<string[]> {
  const { listServicesResponse } = await ask(session, { listServices: "*" });
  return (listServicesResponse?.service ?? []).map(({ name }) => name).sort();
}

/**
 * The schema of a symbol, with all that it depends on, from the server.
 *
 * @throws {CliError} when the server does not know it
 */
export async function reflectSchema(session: Session, symbol: string): Promise<Schema> {
  const files = new Map<string, Uint8Array>();
  const wanted: string[] = [];
  const take = ({ fileDescriptorResponse }: ReflectionResponse) => {
    for (const bytes of fileDescriptorResponse?.fileDescriptorProto ?? []) {
      const { name, dependencies } = readFileDescriptor(bytes);
      if (files.size >= maxFiles) {
        throw new CliError(
          ExitCode.failed,
          `The server describes ${symbol} in over ${maxFiles} files`,
        );
      }
      files.set(name, bytes);
      wanted.push(...dependencies);
    }
  };
  take(await ask(session, { fileContainingSymbol: symbol }));
  // Most servers send dependencies along; they need not.
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (!files.has(name)) take(await ask(session, { fileByFilename: name }));
    if (!files.has(name)) {
      throw new CliError(ExitCode.failed, `The server does not give the file ${printable(name)}`);
    }
  }
  return new Schema([...files.values()]);
}

/** One question, asked of the newest version of the service that the server has. */
async function ask(session: Session, request: ReflectionRequest): Promise<ReflectionResponse> {
  for (const version of reflectionVersions) {
    try {
      const method = reflectionMethod(version);
      for await (
        const response of session.call<ReflectionRequest, ReflectionResponse>(method, [request])
      ) {
        if (response.errorResponse) throw refused(request, response.errorResponse);
        return response;
      }
    } catch (error) {
      if (!isUnimplemented(error)) throw error;
    }
  }
  throw new CliError(
    exitCodeOfStatus(StatusCode.UNIMPLEMENTED),
    "The server has no reflection service",
    { hint: "Without it only the methods of signer.v1 are known" },
  );
}

function isUnimplemented(error: unknown): boolean {
  return error instanceof CliError &&
    error.exitCode === exitCodeOfStatus(StatusCode.UNIMPLEMENTED);
}

function refused(
  request: ReflectionRequest,
  { errorCode = StatusCode.UNKNOWN, errorMessage = "" }: {
    errorCode?: number;
    errorMessage?: string;
  },
): CliError {
  const what = request.fileContainingSymbol ?? request.fileByFilename ?? "its services";
  // The status is within 64 + 16; what a server makes up beyond that is UNKNOWN.
  const code = errorCode > 0 && errorCode <= StatusCode.UNAUTHENTICATED ? errorCode : 2;
  return new CliError(
    exitCodeOfStatus(code),
    `The server does not describe ${what}: ${statusName(code)}: ${printable(errorMessage)}`,
    { hint: "What it has is listed by: signer call list" },
  );
}
