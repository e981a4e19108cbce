/** The limits of a server on its connections. @module */
import type { Duplex } from "node:stream";
import { formatPeer, identityOf, type Peer, RESERVED_DESCRIPTORS } from "../../net/mod.ts";
import type { Logger } from "../../telemetry/mod.ts";
import type { ServerMeter } from "../mod.ts";
import type { Budget, Budgets } from "./_budget.ts";
import type { GrpcJsLimits } from "./_limits.ts";

/** A connection, and the progress of its peer in reading responses. */
export interface OpenConnection {
  readonly duplex: Duplex & { readonly bytesRead?: number; readonly bytesWritten?: number };
  readonly peer: string;
  readonly transport: string;
  readonly budget: Budget;
  /** `identityOf()` the peer. */
  readonly identity: string | undefined;
  readonly openedAt: number;
  /** `bytesWritten` at the last progress, and the time of it. */
  written: number;
  since: number;
}

/** Milliseconds without a first call after which a connection is closed for lack of descriptors. */
const MAX_SILENT_IN_SHORTAGE_MS = 1_000;

/** Connections that are closed each time that accepting fails: four times the descriptors that it reserves. */
const CLOSED_IN_SHORTAGE = 4 * RESERVED_DESCRIPTORS;

/** The parts of a server that its admission uses. */
export interface AdmissionHost {
  /** Limits that may change. */
  readonly limits: GrpcJsLimits;
  readonly connections: ReadonlySet<OpenConnection>;
  readonly budgets: Budgets;
  readonly meter: ServerMeter | undefined;
  readonly log: Logger;
}

/** Admits new connections, and closes open ones that are over a limit. */
export class Admission {
  readonly #host: AdmissionHost;

  constructor(host: AdmissionHost) {
    this.#host = host;
  }

  /** Checks the limits of connections for a new one. At the limit, connections without a call make room. */
  admits(peer: Peer): boolean {
    const { limits: { maxConnections, maxConnectionsPerPeer }, connections, budgets } = this.#host;
    if (connections.size >= maxConnections) this.closeSilent();
    const identity = identityOf(peer);
    const ofPeer = identity === undefined ? 0 : budgets.connectionsOf(identity);
    if (connections.size < maxConnections && ofPeer < maxConnectionsPerPeer) return true;
    const { meter, log } = this.#host;
    meter?.limit(ofPeer < maxConnectionsPerPeer ? "maxConnections" : "maxConnectionsPerPeer");
    log.debug("A connection is refused: there are as many as allowed", { peer: formatPeer(peer) });
    return false;
  }

  /** Closes the oldest connection without a call of a peer that has too many of them. */
  limitSilent(identity: string | undefined): void {
    const { limits: { maxSilentConnectionsPerPeer: limit }, connections, budgets } = this.#host;
    if (identity === undefined || budgets.connectionsOf(identity) <= limit) return;
    // A destroyed connection is in the set until the next turn of the event loop.
    const silent = [...connections].filter((one) =>
      one.identity === identity && !one.budget.hasCalled && !one.duplex.destroyed
    );
    if (silent.length <= limit) return;
    this.#host.meter?.limit("maxSilentConnectionsPerPeer");
    silent[0].duplex.destroy();
  }

  /** Closes some connections that have made no call, so that others find descriptors. */
  closeSilent(): void {
    const before = performance.now() - MAX_SILENT_IN_SHORTAGE_MS;
    [...this.#host.connections]
      .filter(({ openedAt, budget }) => openedAt <= before && !budget.hasCalled)
      .slice(0, CLOSED_IN_SHORTAGE)
      .forEach(({ duplex }) => duplex.destroy());
  }

  /** Closes connections whose peers do not read. Called once a second. */
  closeUnread(now: number): void {
    const { limits: { stalledBytes, maxStallMs }, connections, meter, log } = this.#host;
    for (const connection of connections) {
      const { duplex, peer, budget, written, since } = connection;
      const sent = duplex.bytesWritten ?? 0;
      const unread = duplex.writableLength + budget.unread;
      if (unread <= stalledBytes || sent - written >= stalledBytes) {
        Object.assign(connection, { written: sent, since: now });
      } else if (now - since >= maxStallMs) {
        meter?.limit("stallTimeout");
        log.warn("A peer does not read", { peer, unread });
        duplex.destroy();
      }
    }
  }
}
