import { protocolHeader, protocolVersions, requestIdHeader } from "../../api/mod.ts";
import { type AnyMethod, type RpcError, StatusCode, statusName } from "../../grpc/mod.ts";
import { CliError, exitCodeOfStatus } from "../exit.ts";
import { addressVariable } from "./targets.ts";

/** What a hint may draw on. */
interface Failure {
  readonly method: AnyMethod;
  readonly error: RpcError;
  readonly addresses: string;
  readonly waitReady: boolean;
  /** A sentence about a server that does not speak gRPC. */
  readonly foreign?: string | undefined;
}

/**
 * The error that a failed call ends the program with: `Echo failed: UNAVAILABLE: …`, exit code 64 + the
 * status, and what to do about it.
 */
export function callFailure(failure: Failure): CliError {
  const { error, method, foreign } = failure;
  // What the client itself found wrong while it made the requests is said as such.
  if (error.cause instanceof CliError) return error.cause;
  const name = method.path.slice(method.path.lastIndexOf("/") + 1);
  // grpc-js ends its own messages with a note that is mostly empty.
  const said = error.message.replace(/\. Resolution note: $/, "");
  // A deadline may be too short for another reason as well.
  const late = error.code === StatusCode.DEADLINE_EXCEEDED;
  const details = foreign === undefined ? said : late ? `${said}; ${foreign}` : foreign;
  const words = `${name} failed: ${statusName(error.code)}${details ? `: ${details}` : ""}`;
  const hint = foreign === undefined
    ? hints[error.code]?.(failure)
    : `Name an address where signer serve listens, with --to or ${addressVariable}`;
  return new CliError(exitCodeOfStatus(error.code), words, {
    cause: error,
    ...(hint ? { hint } : {}),
  });
}

const hints: Partial<Record<StatusCode, (failure: Failure) => string | undefined>> = {
  [StatusCode.UNAVAILABLE]({ error, addresses }) {
    const elsewhere = `name another address with --to or ${addressVariable}`;
    if (/ECONNREFUSED|ENOENT/.test(error.message)) {
      return `Is the server running at ${addresses}? Start it with signer serve, wait for it with ` +
        `--wait-ready, or ${elsewhere}`;
    }
    if (/name resolution|ENOTFOUND|EAI_AGAIN/i.test(error.message)) {
      return `Check the host name in ${addresses}, or ${elsewhere}`;
    }
    return `Try again with --retries 3, or ${elsewhere}`;
  },
  [StatusCode.DEADLINE_EXCEEDED]: ({ addresses, waitReady }) =>
    waitReady
      ? `Is the server running at ${addresses}? Wait longer with --deadline 1m`
      : "Give it more time with --deadline 1m",
  [StatusCode.UNIMPLEMENTED]: () => "What the server has is listed by: signer call list",
  [StatusCode.NOT_FOUND]: ({ method }) => keysHint(method),
  [StatusCode.INVALID_ARGUMENT]: ({ method }) => keysHint(method),
  [StatusCode.FAILED_PRECONDITION]: ({ error }) =>
    /protocol version/i.test(error.message) || error.metadata.get(protocolHeader) !== undefined
      ? `This client speaks protocol version ${
        protocolVersions[0]
      }: use the release of signer that the ` +
        "server is of"
      : undefined,
  [StatusCode.UNAUTHENTICATED]: () =>
    "Say who calls with metadata: -H 'authorization: Bearer ${TOKEN}'",
  [StatusCode.RESOURCE_EXHAUSTED]: () =>
    "The server's limits are shown by: signer call info. If it is busy, try again later",
  [StatusCode.INTERNAL]({ error }) {
    const id = error.metadata.get(requestIdHeader);
    return typeof id === "string"
      ? `Give whoever runs the server the request id ${id}: its log has the reason`
      : undefined;
  },
};

/** A key that is not there, or an algorithm that does not fit: only of use to who signs or verifies. */
function keysHint({ path }: AnyMethod): string | undefined {
  return path.startsWith("/signer.v1.SigningService/")
    ? "Keys and the algorithms that fit them are listed by: signer call keys"
    : undefined;
}
