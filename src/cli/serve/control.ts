/**
 * The control socket of a server: it sends a description of the process, as JSON, to each connection of its own user or
 * of root, and closes it. `signer debug` prints it. There are no requests, and the server cannot be changed by it.
 *
 * @module
 */
import { Acceptor, formatAddress, listen, sharedReactor, type Socket } from "../../net/mod.ts";
import { toDuplex } from "../../net/duplex/mod.ts";
import { type ErrorReports, errorReports, type Logger } from "../../telemetry/mod.ts";
import { expectUnixSocket } from "../control_address.ts";
import type { Place } from "./places.ts";

/** 4 connections at once: people, one at a time. Others are closed at once. */
const MAX_CONNECTIONS = 4;

/** 10 s for a peer to read the description. */
const MAX_CONNECTION_MS = 10_000;

/** Only the user of the server may open the socket. */
const MODE = 0o600;

/**
 * Sends the result of `describe` to each connection until its disposal.
 *
 * @throws {CliError} for an address that is not a Unix socket
 * @throws {NetError} when the address cannot be bound
 */
export async function openControl(
  { address, fd }: Place,
  describe: () => Promise<object>,
  log: Logger,
): Promise<Disposable> {
  expectUnixSocket(address);
  const listener = await listen(address, { unixMode: MODE, inherited: fd });
  const reactor = sharedReactor();
  const open = new Set<ReturnType<typeof toDuplex>>();
  const warn = errorReports(log, undefined, "warn");
  const acceptor = new Acceptor(listener, reactor, {
    onConnection(socket) {
      if (open.size >= MAX_CONNECTIONS || !isOwner(socket, warn)) return socket.close();
      const connection = toDuplex(socket, reactor);
      const timer = setTimeout(() => connection.destroy(), MAX_CONNECTION_MS);
      open.add(connection);
      connection.resume();
      connection.on("error", () => {});
      connection.on("close", () => {
        clearTimeout(timer);
        open.delete(connection);
      });
      describe().then(
        (description) => connection.end(`${JSON.stringify(description)}\n`),
        (error) => {
          log.error("The server cannot be described", { error });
          connection.destroy();
        },
      );
    },
  });
  log.info("Serving the control socket", { address: formatAddress(listener.address) });
  return {
    [Symbol.dispose]() {
      acceptor.close();
      listener.close();
      for (const connection of open) connection.destroy();
    },
  };
}

/** Returns true for the user of this process and for root (SO_PEERCRED). Abstract sockets have no file mode. */
function isOwner({ peer }: Socket, warn: ErrorReports): boolean {
  if (peer.transport !== "unix") return false;
  if (peer.uid === 0 || peer.uid === Deno.uid()) return true;
  const { uid } = peer;
  warn("A connection to the control socket is refused: another user", { uid }, String(uid));
  return false;
}
