/** A relay between client and server, which can act as the monitor of a VM. @module */
import type * as Duplex from "../../src/net/duplex/mod.ts";
import { resetOnClose } from "../_support/reset_on_close.ts";
import type { Net } from "../net/_transports.ts";

/** The host port in the monitor's answer. Firecracker's begin at 2^30. */
const HOST_PORT = 1_073_741_824;

export interface RelayOptions {
  /**
   * The guest port that a connection must request first, as with the monitor of a VM (Firecracker's docs/vsock.md,
   * "Host-Initiated Connections"): `CONNECT <port>\n` is answered with `OK <host port>\n` once the guest has
   * accepted, and any other request by closing.
   */
  readonly guestPort?: number;
}

/** Forwards connections from one address to another, and can reset them. */
export class Relay implements AsyncDisposable {
  readonly #net: typeof Net;
  readonly #duplex: typeof Duplex;
  readonly #reactor: Net.Reactor;
  readonly #to: Net.Address;
  readonly #options: RelayOptions;
  readonly #listener: Net.Listener;
  readonly #acceptor: Net.Acceptor;
  readonly #ends = new Map<Duplex.SocketDuplex, Net.Socket>();
  readonly #stopped = new AbortController();

  private constructor(
    net: typeof Net,
    duplex: typeof Duplex,
    listener: Net.Listener,
    to: Net.Address,
    options: RelayOptions,
  ) {
    this.#net = net;
    this.#duplex = duplex;
    this.#reactor = new net.Reactor();
    this.#to = to;
    this.#options = options;
    this.#listener = listener;
    this.#acceptor = new net.Acceptor(listener, this.#reactor, {
      onConnection: (socket) => this.#take(socket),
    });
  }

  static async open(
    net: typeof Net,
    from: Net.Address,
    to: Net.Address,
    options: RelayOptions = {},
  ): Promise<Relay> {
    const duplex = await import("../../src/net/duplex/mod.ts");
    return new Relay(net, duplex, await net.listen(from), to, options);
  }

  get address(): string {
    return this.#net.formatAddress(this.#listener.address);
  }

  /** Ends all connections on both sides, with a reset if the transport has one. */
  reset(): void {
    for (const [stream, socket] of this.#ends) {
      resetOnClose(socket);
      stream.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    this.#acceptor.close();
    this.#listener.close();
    for (const stream of this.#ends.keys()) stream.destroy();
    await this.#reactor.close();
  }

  #take(socket: Net.Socket): void {
    const near = this.#end(socket);
    const { guestPort } = this.#options;
    if (guestPort === undefined) return void this.#join(near);
    near.once("data", (request: Uint8Array) => {
      near.pause();
      const asked = new TextDecoder().decode(request);
      if (asked === `CONNECT ${guestPort}\n`) void this.#join(near, `OK ${HOST_PORT}\n`);
      else near.destroy();
    });
  }

  async #join(near: Duplex.SocketDuplex, answer = ""): Promise<void> {
    const options = { reactor: this.#reactor, signal: this.#stopped.signal };
    let socket: Net.Socket;
    try {
      socket = await this.#net.dial(this.#to, options);
    } catch {
      near.destroy();
      return;
    }
    const far = this.#end(socket);
    if (answer !== "") near.write(answer);
    near.pipe(far).pipe(near);
    near.once("close", () => far.destroy());
    far.once("close", () => near.end());
    if (near.destroyed) far.destroy();
  }

  #end(socket: Net.Socket): Duplex.SocketDuplex {
    const stream = this.#duplex.toDuplex(socket, this.#reactor);
    stream.on("error", () => {});
    stream.once("close", () => this.#ends.delete(stream));
    this.#ends.set(stream, socket);
    return stream;
  }
}
