import { formatPeer, type Socket, type SocketDuplex, toDuplex } from "../../net/mod.ts";
import { GoawayFilter } from "./_goaway_filter.ts";

/**
 * A connection as a node:http2 server's session can bear it: a Duplex whose writes complete in a later
 * turn, without the peer's GOAWAY frames. What the peer does to it ends the session, and nobody else
 * hears of it. Its `remoteAddress` is the whole name of the peer, which grpc-js's `getPeer()` gives.
 */
export function sessionSocket(socket: Socket): SocketDuplex {
  const duplex = toDuplex(socket);
  const filter = new GoawayFilter();
  const push = duplex.push.bind(duplex);
  duplex.push = (chunk: Uint8Array | null) => {
    if (chunk === null) return push(null);
    let room = true;
    for (const piece of filter.filter(chunk)) room = push(piece);
    return room;
  };
  duplex.on("error", () => {});
  return Object.assign(duplex, { remoteAddress: formatPeer(duplex.peer), remotePort: undefined });
}
