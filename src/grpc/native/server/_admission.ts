/** The limits of connections: refusal of new ones, and closing of idle ones. @module */
import { formatPeer, identityOf, RESERVED_DESCRIPTORS, type Socket } from "../../../net/mod.ts";
import type { Logger } from "../../../telemetry/mod.ts";
import type { ServerMeter } from "../../mod.ts";
import type { Accounts } from "./_accounts.ts";
import type { ServedConnection } from "./_served_connection.ts";
import type { ConnectionCounts } from "./connection_counts.ts";
import type { NativeLimits } from "./limits.ts";

/**
 * Milliseconds without a call after which a connection may be closed for lack of descriptors: far longer than the time
 * from a client's connection to its first call.
 */
const MAX_IDLE_IN_SHORTAGE_MS = 1_000;

/** Idle connections to close each time that accepting fails: four times its reserved descriptors. */
const CLOSED_IN_SHORTAGE = 4 * RESERVED_DESCRIPTORS;

/** The shortest time between two log lines about refused connections. */
const REFUSAL_LOG_MS = 60_000;

/** Admits the connections of one thread, and closes connections without calls to make room. */
export class Admission {
  readonly #limits: NativeLimits;
  readonly #counts: ConnectionCounts;
  readonly #accounts: Accounts;
  readonly #connections: Iterable<ServedConnection>;
  readonly #log: Logger;
  readonly #meter: ServerMeter | undefined;
  /** Connections refused since the last log line. */
  #refused = 0;
  #loggedAt = -Infinity;

  /** @param connections the connections of this thread, oldest first */
  constructor(
    limits: NativeLimits,
    counts: ConnectionCounts,
    accounts: Accounts,
    connections: Iterable<ServedConnection>,
    log: Logger,
    meter: ServerMeter | undefined,
  ) {
    this.#limits = limits;
    this.#counts = counts;
    this.#accounts = accounts;
    this.#connections = connections;
    this.#log = log;
    this.#meter = meter;
  }

  /** Checks the limits of connections for a new one. At a limit, connections without calls make room. */
  admits(socket: Socket): boolean {
    const { maxConnections, maxConnectionsPerPeer } = this.#limits;
    if (this.#counts.total >= maxConnections) {
      this.closeIdle();
      if (this.#counts.total >= maxConnections) {
        return this.#refuse(socket, "maxConnections", maxConnections);
      }
    }
    const identity = identityOf(socket.peer);
    if (identity === undefined || this.#counts.ofPeer(identity) < maxConnectionsPerPeer) {
      return true;
    }
    return this.#refuse(socket, "maxConnectionsPerPeer", maxConnectionsPerPeer);
  }

  /** Closes the oldest connection without a call of a peer with too many. Called for each new connection. */
  limitSilent({ account }: ServedConnection): void {
    const { maxSilentConnectionsPerPeer } = this.#limits;
    if (this.#accounts.connectionsOfPeer(account) <= maxSilentConnectionsPerPeer) return;
    const silent = [...this.#connections]
      .filter((one) => one.account.parent === account.parent && one.isSilent);
    if (silent.length <= maxSilentConnectionsPerPeer) return;
    this.#meter?.limit("maxSilentConnectionsPerPeer");
    silent[0].cut();
  }

  /** Closes some connections without calls, to free descriptors. */
  closeIdle(): void {
    const before = performance.now() - MAX_IDLE_IN_SHORTAGE_MS;
    const idle = [...this.#connections]
      .filter(({ idleSince = Infinity }) => idleSince <= before)
      .sort((a, b) => Number(b.isSilent) - Number(a.isSilent) || a.idleSince! - b.idleSince!)
      .slice(0, CLOSED_IN_SHORTAGE);
    if (idle.length === 0) return;
    this.#log.debug("Idle connections were closed to make room", { count: idle.length });
    for (const connection of idle) connection.cut();
  }

  /** Logs a refused connection, at most once a minute. */
  #refuse({ peer }: Socket, limit: string, value: number): false {
    this.#meter?.limit(limit);
    this.#refused++;
    const now = performance.now();
    if (now - this.#loggedAt < REFUSAL_LOG_MS) return false;
    this.#loggedAt = now;
    this.#log.warn("Connections are refused: there are as many as allowed", {
      ...{ limit, value, peer: formatPeer(peer), refused: this.#refused },
    });
    this.#refused = 0;
    return false;
  }
}
