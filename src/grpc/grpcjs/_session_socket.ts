import type { Duplex } from "node:stream";

/**
 * Prepares a connection for a session of node:http2: its errors are the session's alone, and its
 * `remoteAddress` becomes the whole name of the peer, which grpc-js's `getPeer()` gives.
 */
export function sessionSocket(connection: Duplex, peer: string): Duplex {
  connection.on("error", () => {});
  return Object.assign(connection, { remoteAddress: peer, remotePort: undefined });
}
