/** The metadata keys that signer gives a meaning. Those of gRPC itself are the stacks' business. */

/** The protocol version: asked for in a request's headers, answered in the response's. */
export const protocolHeader = "signer-protocol";

/** The protocol versions that this program speaks, newest first (docs/protocol.md). */
export const protocolVersions = ["1"] as const;

/** The id that ties an INTERNAL error to a line of the server's log: in the trailers of that call. */
export const requestIdHeader = "signer-request-id";
