/** Errors of failed calls, as the commands report them. @module */
import { protocolHeader, protocolVersions, requestIdHeader } from "../../api/mod.ts";
import { findError } from "../../errors/mod.ts";
import { type AnyMethod, type RpcError, StatusCode, statusName } from "../../grpc/mod.ts";
import { CliError, exitCodeOfStatus } from "../exit.ts";
import { addressVariable } from "./targets.ts";
import { handshakeHint } from "./options/mod.ts";

/** Reasons of OpenSSL for bytes that are no TLS record. */
const NO_TLS = /wrong version number|packet length too long/;

/** A failed call, and the options that its hint depends on. */
interface Failure {
  readonly method: AnyMethod;
  readonly error: RpcError;
  readonly addresses: string;
  readonly waitReady: boolean;
  /** A sentence about a server that does not speak gRPC. */
  readonly foreign?: string | undefined;
}

/**
 * The error of a failed call: `Echo failed: UNAVAILABLE: …`, with the exit code 64 + the status and a hint.
 */
export function callFailure(failure: Failure): CliError {
  const { error, method, foreign } = failure;
  // An error of the command's own while it produced the requests.
  if (error.cause instanceof CliError) return error.cause;
  const name = method.path.slice(method.path.lastIndexOf("/") + 1);
  // grpc-js appends this note to its messages, mostly empty.
  const said = error.message.replace(/\. Resolution note: $/, "");
  // The deadline may have been too short for another reason.
  const late = error.code === StatusCode.DEADLINE_EXCEEDED;
  const details = foreign === undefined ? said : late ? `${said}; ${foreign}` : foreign;
  const words = `${name} failed: ${statusName(error.code)}${details ? `: ${details}` : ""}`;
  const hint = foreign === undefined
    ? hints[error.code]?.(failure)
    : `Use --tls or --tls-ca with a server over TLS, or name another one with --to or ${addressVariable}`;
  return new CliError(exitCodeOfStatus(error.code), words, {
    cause: error,
    ...(hint ? { hint } : {}),
  });
}

const SERVICES_HINT = "List the services of the server with: signer call list";

const hints: Partial<Record<StatusCode, (failure: Failure) => string | undefined>> = {
  [StatusCode.UNAVAILABLE]({ error, addresses }) {
    const elsewhere = `name another address with --to or ${addressVariable}`;
    const tls = findError(error, "net", "TLS_FAILED");
    if (tls && NO_TLS.test(tls.message)) {
      return `Does the server at ${addresses} speak TLS? Leave the options of TLS out, or ${elsewhere}`;
    }
    if (tls) return handshakeHint(tls.message);
    if (findError(error, "net", "ECONNREFUSED", "ENOENT")) {
      return `Is the server running at ${addresses}? Start it with signer serve, wait for it with ` +
        `--wait-ready, or ${elsewhere}`;
    }
    if (findError(error, "net", "NAME_NOT_FOUND")) {
      return `Check the host name in ${addresses}, or ${elsewhere}`;
    }
    return `Try again with --retries 3, or ${elsewhere}`;
  },
  [StatusCode.DEADLINE_EXCEEDED]({ addresses, waitReady, method }) {
    if (waitReady) return `Is the server running at ${addresses}? Wait longer with --deadline 1m`;
    const more = "Give it more time with --deadline 1m";
    return isPipeline(method) ? `${more}, and time_ms: 30000 in the limits of the manifest` : more;
  },
  [StatusCode.UNIMPLEMENTED]: ({ method }) =>
    isPipeline(method)
      ? "The server needs the option --pipelines: signer serve --pipelines"
      : SERVICES_HINT,
  [StatusCode.NOT_FOUND]: ({ method }) =>
    method.path.startsWith("/grpc.health.v1.Health/") ? SERVICES_HINT : keysHint(method),
  [StatusCode.INVALID_ARGUMENT]: ({ method }) => keysHint(method),
  [StatusCode.FAILED_PRECONDITION]: ({ error }) =>
    error.metadata.get(protocolHeader) !== undefined
      ? `This client speaks protocol version ${
        protocolVersions[0]
      }: use the server's release of signer`
      : undefined,
  [StatusCode.PERMISSION_DENIED]: ({ method }) =>
    method.path.startsWith("/signer.v1.")
      ? "The server's rules deny it: its operator can see why with signer access check RULES --as CALLER"
      : undefined,
  [StatusCode.UNAUTHENTICATED]: () => "Send a token: --token-file FILE",
  [StatusCode.RESOURCE_EXHAUSTED]: ({ method }) =>
    `${
      isPipeline(method)
        ? "Ask for more in the limits of the manifest, such as memory_bytes"
        : "Show the server's limits with: signer call info"
    }. If the server is busy, try again later`,
  [StatusCode.INTERNAL]({ error }) {
    const id = error.metadata.get(requestIdHeader);
    return typeof id === "string"
      ? `Tell the operator of the server the request id ${id}: its log has the reason`
      : undefined;
  },
};

function isPipeline({ path }: AnyMethod): boolean {
  return path.startsWith("/signer.pipeline.");
}

/** The hint for an unknown key or an algorithm that does not fit: for calls of the signing service only. */
function keysHint({ path }: AnyMethod): string | undefined {
  return path.startsWith("/signer.v1.SigningService/")
    ? "List the keys and their algorithms with: signer call keys"
    : undefined;
}
