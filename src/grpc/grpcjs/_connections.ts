/** The server's connections, by the names that the calls of grpc-js have for them. @module */
import type { Caller } from "../mod.ts";

/** The facts about a connection that its calls use. */
export interface CalledConnection {
  /** The peer's name, such as `tcp://127.0.0.1:4242`. */
  readonly peer: string;
  /** `identityOf()` the peer. */
  readonly identity: string | undefined;
  readonly caller: Caller;
}

/** The connection of a call that outlives it. */
const CLOSED: CalledConnection = {
  peer: "unknown",
  identity: undefined,
  caller: { peer: { transport: "unknown" }, certificate: undefined, token: undefined },
};

/**
 * Open connections by name. A call of grpc-js tells nothing of its connection but `getPeer()`, the `remoteAddress`
 * of its socket. Two processes of one user, or one process twice, are the same peer on a Unix socket; so each
 * connection gets a name of its own for that property.
 */
export class Connections {
  readonly #open = new Map<string, CalledConnection>();
  #opened = 0;

  /** Adds a connection, and returns the name for its `remoteAddress`. */
  add(connection: CalledConnection): string {
    const name = `connection ${++this.#opened}`;
    this.#open.set(name, connection);
    return name;
  }

  remove(name: string): void {
    this.#open.delete(name);
  }

  /** Finds the connection of a call by its `getPeer()`. */
  find(name: string): CalledConnection {
    return this.#open.get(name) ?? CLOSED;
  }
}
