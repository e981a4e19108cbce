import type { Duplex } from "node:stream";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import {
  Acceptor,
  type Address,
  formatPeer,
  listen,
  type ListenOptions,
  sharedReactor,
  socketsSupported,
  toDuplex,
} from "../../net/mod.ts";
import { logger } from "../../telemetry/mod.ts";
import { type RpcServer, type RpcServerOptions, serverLimits } from "../mod.ts";
import { toGrpcJsHandler } from "./_handlers.ts";
import { guardHttp2Servers } from "./_http2_server.ts";
import { listenByNode } from "./_node_listener.ts";
import { checkRequest, refuse } from "./_request_check.ts";
import { sessionSocket } from "./_session_socket.ts";

/** A server on the reference stack: `@grpc/grpc-js` over Deno's node:http2. */
export function openGrpcJsServer(options: RpcServerOptions): RpcServer {
  return new GrpcJsServer(options);
}

/**
 * Connections of every transport are accepted by `src/net` on this thread's reactor, and enter grpc-js
 * through its connection injector. Where `src/net` does not work, node:net accepts TCP and Unix sockets.
 */
class GrpcJsServer implements RpcServer {
  readonly stack = "grpc-js";
  readonly #server: Server;
  readonly #injector: ReturnType<Server["createConnectionInjector"]>;
  readonly #listeners: { close(): void }[] = [];
  readonly #connections = new Set<Duplex>();
  /** Resolved when the last connection is gone. */
  #gone = Promise.withResolvers<void>();
  readonly #log = logger("grpc-js");

  constructor({ services }: RpcServerOptions) {
    this.#server = new Server({
      "grpc.max_receive_message_length": serverLimits.maxRequestBytes,
      "grpc.max_send_message_length": -1,
      "grpc.max_concurrent_streams": serverLimits.maxConcurrentStreams,
      "grpc.enable_channelz": 0,
    });
    const paths = new Set<string>();
    for (const { definition, handlers } of services) {
      for (const { path } of Object.values(definition)) paths.add(path);
      const entries = Object.entries(handlers).map(([name, handler]) => [
        name,
        toGrpcJsHandler(handler),
      ]);
      this.#server.addService(definition, Object.fromEntries(entries));
    }
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    guardHttp2Servers(this.#server, (next) => (stream, headers) => {
      // It may have been reset, or its session closed, since it was announced.
      if (stream.destroyed || stream.closed) return;
      const refusal = checkRequest(headers, (path) => paths.has(path));
      if (refusal) refuse(stream, refusal);
      else next(stream, headers);
    });
  }

  async listen(address: Address, options?: ListenOptions): Promise<Address> {
    if (!socketsSupported()) {
      const listener = await listenByNode(address, (connection, peer) => {
        this.#take(connection, peer);
      });
      this.#listeners.push(listener);
      return listener.address;
    }
    const listener = await listen(address, options);
    this.#listeners.push(listener);
    const acceptor = new Acceptor(listener, sharedReactor(), {
      onConnection: (socket) => this.#take(toDuplex(socket), formatPeer(socket.peer)),
      onPause: (error) => this.#log.warn("Accepting pauses", { error: error.message }),
      onResume: () => this.#log.info("Accepting again"),
    });
    // The acceptor stops before its listener is closed.
    this.#listeners.unshift(acceptor);
    return listener.address;
  }

  async drain(graceMs: number): Promise<void> {
    this.#stopAccepting();
    // Sends GOAWAY. Its callback comes, on Deno, while calls are still under way; but a session closes its
    // connection when the last of them has ended.
    this.#server.tryShutdown(() => {});
    if (this.#connections.size === 0) return;
    const timer = setTimeout(() => this.#cutOff(), graceMs);
    await this.#gone.promise;
    clearTimeout(timer);
  }

  close(): Promise<void> {
    return this.drain(0);
  }

  #take(duplex: Duplex, peer: string): void {
    this.#log.debug("Connected", { peer });
    const connection = sessionSocket(duplex, peer);
    this.#connections.add(connection);
    connection.once("close", () => {
      this.#connections.delete(connection);
      if (this.#connections.size > 0) return;
      this.#gone.resolve();
      this.#gone = Promise.withResolvers();
    });
    this.#injector.injectConnection(connection);
  }

  #cutOff(): void {
    this.#server.forceShutdown();
    for (const connection of this.#connections) connection.destroy();
  }

  #stopAccepting(): void {
    for (const listener of this.#listeners.splice(0)) listener.close();
  }
}
