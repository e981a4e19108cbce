/** The new connections of a thread, until they are served. @module */
import { libc } from "../../../ffi/mod.ts";
import {
  Acceptor,
  formatPeer,
  identityOf,
  type Listener,
  type NetError,
  type Socket,
  type Stream,
  TlsHandshakes,
} from "../../../net/mod.ts";
import { Admission } from "./_admission.ts";
import type { EngineOptions } from "./_engine_options.ts";
import { ServedConnection, type ServingThread } from "./_served_connection.ts";
import type { ConnectionCounts } from "./connection_counts.ts";

/** The part of a thread that its new connections use. */
export interface AcceptingThread extends ServingThread {
  /** Takes a connection, which the poller watches already. */
  serve(connection: ServedConnection): void;
}

/**
 * The new connections of one thread: accepts those that the limits admit, assigns them to threads, and makes the TLS
 * handshakes of those that are assigned to this one.
 */
export class NewConnections implements Disposable {
  readonly #thread: AcceptingThread;
  readonly #options: EngineOptions;
  readonly #admission: Admission;
  readonly #counts: ConnectionCounts;
  readonly #acceptors: Acceptor[] = [];
  readonly #handshakes: TlsHandshakes | undefined;

  /** @param served the connections of the thread, oldest first */
  constructor(
    thread: AcceptingThread,
    options: EngineOptions,
    counts: ConnectionCounts,
    served: Iterable<ServedConnection>,
  ) {
    const { limits, accounts, meter } = thread;
    this.#thread = thread;
    this.#options = options;
    this.#counts = counts;
    this.#admission = new Admission(limits, counts, accounts, served, options.log, meter);
    this.#handshakes = options.tls && new TlsHandshakes(options.tls, thread.poller, {
      onStep: () => thread.lookAtClock(),
      onStream: (stream) => this.#serve(stream),
      onFailed: (stream, error) => this.#failed(stream, error),
    }, limits);
  }

  /** The earliest deadline of a handshake; `Infinity` for none. */
  get due(): number {
    return this.#handshakes?.due ?? Infinity;
  }

  /** Accepts the connections of a listener. The caller closes the listener. */
  accept(listener: Listener, exclusive: boolean): void {
    const { log, assign, holds } = this.#options;
    const acceptor = new Acceptor(listener, this.#thread.poller, {
      exclusive,
      holds,
      onConnection: (socket) => {
        if (!this.#admission.admits(socket)) socket.close();
        else if (assign) assign(socket);
        else this.add(socket);
      },
      onShortage: () => this.#admission.closeIdle(),
      onPause: (error) => log.warn("Accepting pauses", { error: error.message }),
      onResume: () => log.info("Accepting again"),
    });
    this.#acceptors.push(acceptor);
  }

  stopAccepting(): void {
    for (const acceptor of this.#acceptors.splice(0)) acceptor.close();
  }

  /** Counts a connection of this thread, and serves it, over TLS after its handshake. */
  add(socket: Socket): void {
    this.#thread.lookAtClock();
    this.#options.holds?.(socket.fd, true);
    this.#counts.add(identityOf(socket.peer));
    if (this.#handshakes === undefined) this.#serve(socket);
    else this.#handshakes.start(socket, this.#thread.now);
  }

  /** Ends the handshakes whose time is over. */
  expire(now: number): void {
    this.#handshakes?.expire(now);
  }

  /** Stops accepting, and ends all handshakes. */
  [Symbol.dispose](): void {
    this.stopAccepting();
    this.#handshakes?.[Symbol.dispose]();
  }

  #serve(stream: Stream): void {
    const thread = this.#thread;
    const connection = new ServedConnection(thread, stream);
    try {
      thread.poller.add(stream.fd, libc.EPOLLIN, connection);
    } catch (error) {
      thread.report("A connection cannot be watched", { peer: connection.peer, error });
      connection.closeAccounts();
      return this.#drop(stream);
    }
    thread.note("Connected", { peer: connection.peer });
    thread.serve(connection);
    this.#admission.limitSilent(connection);
    // Sends our SETTINGS without waiting for the peer's.
    connection.touch();
  }

  #failed(stream: Stream, { code, message: reason, limit }: NetError): void {
    if (limit !== undefined) this.#thread.meter?.limit(limit);
    this.#thread.note("A TLS handshake failed", { peer: formatPeer(stream.peer), code, reason });
    this.#drop(stream);
  }

  /** Closes a connection that `add()` has counted, and that is not served. */
  #drop(stream: Stream): void {
    this.#options.holds?.(stream.fd, false);
    this.#counts.remove(identityOf(stream.peer));
    stream.close();
  }
}
