import type { Duplex } from "node:stream";
import { GoawayFilter } from "./_goaway_filter.ts";

/**
 * Makes a connection one that a node:http2 server's session can bear: without the peer's GOAWAY frames, and
 * with its errors told to nobody but the session. Its `remoteAddress` becomes the whole name of the peer,
 * which grpc-js's `getPeer()` gives.
 */
export function sessionSocket(connection: Duplex, peer: string): Duplex {
  const filter = new GoawayFilter();
  const push = connection.push.bind(connection);
  connection.push = (chunk: Uint8Array | null) => {
    if (chunk === null) return push(null);
    let room = true;
    for (const piece of filter.filter(chunk)) room = push(piece);
    return room;
  };
  connection.on("error", () => {});
  return Object.assign(connection, { remoteAddress: peer, remotePort: undefined });
}
