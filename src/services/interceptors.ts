/** Interceptors of every call: protocol version and errors. @module */
import { protocolHeader, protocolVersions, requestIdHeader } from "../api/mod.ts";
import { type Interceptor, Metadata, RpcError } from "../grpc/mod.ts";
import { fromCryptoError } from "./crypto_status.ts";
import { failedNode } from "./pipeline_failure.ts";
import { requestIdOf } from "./request_id.ts";

const spoken: ReadonlySet<string> = new Set(protocolVersions);
const [newest] = protocolVersions;

/**
 * Negotiates the protocol version. A request for a version gets it or FAILED_PRECONDITION; a request without a
 * version gets the newest. The response headers name the version.
 */
export const negotiateProtocol: Interceptor = {
  responseHeaders: new Metadata([[protocolHeader, newest]]),
  before(context) {
    const asked = context.metadata.get(protocolHeader);
    if (asked === undefined || asked === newest) return;
    if (!spoken.has(String(asked))) {
      throw new RpcError(
        "FAILED_PRECONDITION",
        `Protocol version ${JSON.stringify(asked)} is not spoken here: use one of ${
          protocolVersions.join(", ")
        }`,
        { metadata: new Metadata([[protocolHeader, newest]]) },
      );
    }
    context.responseHeaders.set(protocolHeader, asked);
  },
};

/** Receives an error that the caller gets as INTERNAL, with the request id that the caller gets. */
export type InternalErrorReport = (report: {
  requestId: string;
  method: string;
  peer: string;
  error: unknown;
}) => void;

/**
 * Converts errors for the caller. An unexpected error becomes INTERNAL with a request id, and the error itself
 * goes to `report`, never to the caller.
 */
export function mapErrors(report: InternalErrorReport): Interceptor {
  return {
    onError(error, context) {
      const known = fromCryptoError(error);
      if (known instanceof RpcError) return known;
      const requestId = requestIdOf(context);
      const { method, peer } = context;
      report({ requestId, method, peer, error });
      const what = failedNode(error) ?? "Internal error";
      return new RpcError("INTERNAL", `${what}; the server's log has request ${requestId}`, {
        cause: error,
        metadata: new Metadata([[requestIdHeader, requestId]]),
      });
    },
  };
}
