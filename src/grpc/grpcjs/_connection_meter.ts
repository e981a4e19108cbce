/** Counts of connections, their bytes and their streams. @module */
import type { ServerMeter } from "../mod.ts";

/** The part of a connection that is counted. */
export interface MeteredConnection {
  readonly transport: string;
  /** Over TLS its counts are bytes of HTTP/2, without the overhead of TLS. */
  readonly duplex: { readonly bytesRead?: number; readonly bytesWritten?: number };
  readonly budget: { readonly streams: number };
}

/** Counts the connections of a server. */
export class ConnectionMeter {
  readonly #meter: ServerMeter | undefined;
  /** The bytes of each open connection that are counted. */
  readonly #counted = new Map<MeteredConnection, { read: number; written: number }>();
  readonly #transports = new Set<string>();

  constructor(meter: ServerMeter | undefined) {
    this.#meter = meter;
  }

  opened(connection: MeteredConnection): void {
    if (this.#meter === undefined) return;
    this.#meter.connection(connection.transport, 1);
    this.#counted.set(connection, { read: 0, written: 0 });
    this.#transports.add(connection.transport);
  }

  closed(connection: MeteredConnection): void {
    if (this.#meter === undefined) return;
    this.#countBytes(connection);
    this.#counted.delete(connection);
    this.#meter.connection(connection.transport, -1);
    if (this.#counted.size === 0) this.count();
  }

  /** Counts bytes and open streams since the last time. Called once a second while connections are open. */
  count(): void {
    if (this.#meter === undefined) return;
    const streams = new Map([...this.#transports].map((transport) => [transport, 0]));
    for (const connection of this.#counted.keys()) {
      this.#countBytes(connection);
      const { transport, budget } = connection;
      streams.set(transport, streams.get(transport)! + budget.streams);
    }
    for (const [transport, count] of streams) this.#meter.streams(transport, count);
  }

  #countBytes(connection: MeteredConnection): void {
    const counted = this.#counted.get(connection);
    if (counted === undefined) return;
    const { bytesRead = 0, bytesWritten = 0 } = connection.duplex;
    const received = bytesRead - counted.read;
    const sent = bytesWritten - counted.written;
    this.#meter!.bytes(connection.transport, received, sent);
    Object.assign(counted, { read: bytesRead, written: bytesWritten });
  }
}
