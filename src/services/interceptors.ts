import { protocolHeader, protocolVersions, requestIdHeader } from "../api/mod.ts";
import { type Interceptor, Metadata, RpcError } from "../grpc/mod.ts";
import { fromCryptoError } from "./crypto_status.ts";

const spoken: ReadonlySet<string> = new Set(protocolVersions);

/**
 * Negotiates the protocol version: a request that asks for one gets it or FAILED_PRECONDITION, one that
 * asks for none gets the newest; the response's headers say which.
 */
export const negotiateProtocol: Interceptor = {
  before({ metadata, responseHeaders }) {
    const asked = metadata.get(protocolHeader);
    if (asked !== undefined && !spoken.has(String(asked))) {
      throw new RpcError(
        "FAILED_PRECONDITION",
        `Protocol version ${JSON.stringify(asked)} is not spoken here: use one of ${
          protocolVersions.join(", ")
        }`,
      );
    }
    responseHeaders.set(protocolHeader, asked === undefined ? protocolVersions[0] : String(asked));
  },
};

/** Told of an error that the caller gets as INTERNAL, with the id that the caller gets instead. */
export type InternalErrorReport = (report: {
  requestId: string;
  method: string;
  peer: string;
  error: unknown;
}) => void;

/**
 * Turns every error into what the caller may know of it. What nobody foresaw becomes INTERNAL with a
 * request id; the error itself goes to `report`, never over the wire.
 */
export function mapErrors(report: InternalErrorReport): Interceptor {
  return {
    onError(error, { method, peer }) {
      const known = fromCryptoError(error);
      if (known instanceof RpcError) return known;
      const requestId = crypto.randomUUID();
      report({ requestId, method, peer, error });
      return new RpcError("INTERNAL", `Internal error; the server's log has request ${requestId}`, {
        cause: error,
        metadata: new Metadata([[requestIdHeader, requestId]]),
      });
    },
  };
}
