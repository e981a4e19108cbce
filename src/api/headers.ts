/** Metadata keys of the contract. The stacks handle those of gRPC itself. @module */

/** The protocol version, in the headers of requests and responses. */
export const protocolHeader = "signer-protocol";

/** The protocol versions that this program speaks, newest first (docs/protocol.md). */
export const protocolVersions = ["1"] as const;

/** Headers of requests in which a client may send an id of its choice, the first found first. */
export const clientRequestIdHeaders = ["signer-request-id", "x-request-id"] as const;

/** The id of the line in the server's log about an INTERNAL error, in the trailers of the call. */
export const requestIdHeader = "signer-request-id";
