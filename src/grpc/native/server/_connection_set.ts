/** The open connections of a thread, and the counts of their calls. @module */
import {
  type ConnectionReport,
  MAX_REPORTED_CALLS,
  MAX_REPORTED_CONNECTIONS,
  type ServerMeter,
  type ThreadReport,
} from "../../mod.ts";
import type { ServedConnection } from "./_served_connection.ts";

/** The open connections of a thread, oldest first. Counts their streams for metrics, and their calls for a drain. */
export class ConnectionSet {
  readonly #open = new Set<ServedConnection>();
  readonly #meter: ServerMeter | undefined;
  /** Open streams by transport, at the last count. */
  readonly #streamCounts = new Map<string, number>();
  /** Calls of connections that are closed. */
  #pastCalls = 0;
  /** Calls that had ended when the drain was announced. */
  #endedBeforeDrain: number | undefined;
  /** Calls that were open when `cut()` closed their connections. */
  #cutCalls = 0;

  constructor(meter: ServerMeter | undefined) {
    this.#meter = meter;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Iterates over the connections, oldest first. */
  [Symbol.iterator](): IterableIterator<ServedConnection> {
    return this.#open.values();
  }

  add(connection: ServedConnection): void {
    this.#open.add(connection);
    this.#meter?.connection(connection.transport, 1);
  }

  remove(connection: ServedConnection): void {
    this.#open.delete(connection);
    this.#pastCalls += connection.http2.statistics.streamsOpened;
    this.#meter?.connection(connection.transport, -1);
    if (this.#open.size === 0) this.countStreams();
  }

  /** Counts the open streams of each transport, for metrics. */
  countStreams(): void {
    if (this.#meter === undefined) return;
    const streams = this.#streamCounts;
    for (const transport of streams.keys()) streams.set(transport, 0);
    for (const { transport, http2 } of this.#open) {
      streams.set(transport, (streams.get(transport) ?? 0) + http2.streamCount);
    }
    for (const [transport, count] of streams) this.#meter.streams(transport, count);
  }

  /** Describes the oldest connections and calls, and counts all. */
  report(): Pick<ThreadReport, "connectionCount" | "callCount" | "connections"> {
    const connections: ConnectionReport[] = [];
    let callCount = 0;
    let reported = 0;
    for (const connection of this.#open) {
      callCount += connection.http2.streamCount;
      if (connections.length >= MAX_REPORTED_CONNECTIONS) continue;
      const report = connection.report(MAX_REPORTED_CALLS - reported);
      reported += report.calls!.length;
      connections.push(report);
    }
    return { connectionCount: this.#open.size, callCount, connections };
  }

  /** Begins the counts of `drainCounts`. */
  announceDrain(): void {
    this.#endedBeforeDrain ??= this.#endedCalls;
  }

  /** The calls since `announceDrain()`: how many ended by themselves, and how many were cut off. */
  get drainCounts(): { readonly served: number; readonly cut: number } {
    const ended = this.#endedCalls - (this.#endedBeforeDrain ?? this.#endedCalls);
    return { served: ended - this.#cutCalls, cut: this.#cutCalls };
  }

  /** Drains every connection. */
  drain(): void {
    for (const connection of [...this.#open]) connection.drain();
  }

  /** Closes every connection at once. Its open calls count as cut off. */
  cut(): void {
    for (const connection of [...this.#open]) {
      this.#cutCalls += connection.http2.streamCount;
      connection.cut();
    }
  }

  /** Number of calls that are no longer open. */
  get #endedCalls(): number {
    let ended = this.#pastCalls;
    for (const { http2 } of this.#open) ended += http2.statistics.streamsOpened - http2.streamCount;
    return ended;
  }
}
