/** Listeners on node:net, for platforms other than Linux. @module */
import { createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { type Address, formatAddress, hostAndPort, NetError, type Peer } from "../../net/mod.ts";

/** A listener of node:net. */
export interface NodeListener {
  readonly address: Address;
  /** Stops listening. Connections stay open. */
  close(): void;
}

/**
 * Listens on TCP or a Unix socket by node:net, for platforms without `src/net`: all but Linux with glibc.
 *
 * @throws {NetError} with the code of listen(2); `WRONG_ADDRESS` for another transport
 */
export function listenByNode(
  address: Address,
  onConnection: (connection: Duplex, name: string, peer: Peer) => void,
): Promise<NodeListener> {
  const place = placeOf(address);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.setNoDelay();
    const { remoteAddress = "", remotePort = 0 } = socket;
    const duplex = throughDuplex(socket);
    if (address.transport === "tcp") {
      const peer = { transport: "tcp", host: remoteAddress, port: remotePort } as const;
      onConnection(duplex, `tcp://${hostAndPort(remoteAddress, remotePort)}`, peer);
    } else onConnection(duplex, "unix:", { transport: "unknown" });
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const code = (error.code ?? "EIO") as NetError["code"];
      const message = `Cannot listen on ${formatAddress(address)}: ${error.message}`;
      reject(new NetError(code, message, { cause: error }));
    });
    server.listen(place, () => {
      const bound = server.address();
      const port = typeof bound === "object" && bound !== null ? bound.port : 0;
      // A failure of accept(2) loses one connection and not the listener.
      server.on("error", () => {});
      resolve({
        address: address.transport === "tcp" ? { ...address, port } : address,
        close: () => server.close(),
      });
    });
  });
}

function placeOf(address: Address): { host: string; port: number } | { path: string } {
  switch (address.transport) {
    case "tcp":
      return { host: address.host, port: address.port };
    case "unix":
      return { path: address.path };
    default:
      throw new NetError(
        "WRONG_ADDRESS",
        `Cannot listen on ${formatAddress(address)}: this transport needs Linux with glibc`,
      );
  }
}

/** Wraps a socket in a plain Duplex, because node:http2 takes over the handle of a net.Socket. */
function throughDuplex(socket: Socket): Duplex {
  const duplex = new Duplex({
    read: () => void socket.resume(),
    // Always completed asynchronously: see `SocketDuplex` in src/net.
    write: (chunk, _encoding, callback) => {
      socket.write(chunk, (error) => queueMicrotask(() => callback(error)));
    },
    final: (callback) => void socket.end(() => queueMicrotask(() => callback())),
    destroy: (error, callback) => {
      socket.destroy();
      callback(error);
    },
  });
  socket.on("data", (chunk) => {
    if (!duplex.push(chunk)) socket.pause();
  });
  socket.on("end", () => duplex.push(null));
  socket.on("error", () => {});
  socket.on("close", () => duplex.destroy());
  return duplex;
}
