import { createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { type Address, formatAddress, hostAndPort, NetError } from "../../net/mod.ts";

/** A listener of node:net. */
export interface NodeListener {
  readonly address: Address;
  /** Stops listening; connections stay. */
  close(): void;
}

/**
 * Listens on TCP or a Unix socket by node:net: where `src/net` does not work, which is everywhere but on
 * Linux with glibc.
 *
 * @throws {NetError} what listen(2) fails with; `WRONG_ADDRESS` for another transport
 */
export function listenByNode(
  address: Address,
  onConnection: (connection: Duplex, peer: string) => void,
): Promise<NodeListener> {
  const place = placeOf(address);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.setNoDelay();
    const { remoteAddress = "", remotePort = 0 } = socket;
    const peer = address.transport === "tcp"
      ? `tcp://${hostAndPort(remoteAddress, remotePort)}`
      : "unix:";
    onConnection(throughDuplex(socket), peer);
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
      // accept(2) may fail later: that connection is lost, the listener goes on.
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

/** The socket behind a stream of its own: node:http2 would take the handle of the socket itself. */
function throughDuplex(socket: Socket): Duplex {
  const duplex = new Duplex({
    read: () => void socket.resume(),
    // Completed in a later turn, always: see `SocketDuplex` in src/net.
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
