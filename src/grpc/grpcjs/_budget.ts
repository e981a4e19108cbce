/** Budgets of memory, per connection, per peer and for the whole server. @module */
import type { GrpcJsLimits } from "./_limits.ts";

/** The limits of the three levels. */
type HeldLimit = "maxHeldBytes" | "maxHeldBytesPerPeer" | "maxHeldBytesPerConnection";

/** Counts the bytes that the server holds for one connection, for one peer or for all connections. */
export class Budget {
  held = 0;
  /** The part of `held` that is responses. Counted for connections only. */
  unread = 0;
  /** Streams that are open. */
  streams = 0;
  /** True when the connection has made a call. */
  hasCalled = false;
  /** True while the peer of the connection does not read. No request of it is started then. */
  isBlocked = () => false;
  readonly #limits: GrpcJsLimits;
  readonly #name: HeldLimit;
  readonly #parent: Budget | undefined;

  /**
   * @param limits may change
   * @param name of the limit of this level
   * @param parent the level above; its limit applies too
   */
  constructor(limits: GrpcJsLimits, name: HeldLimit, parent?: Budget) {
    this.#limits = limits;
    this.#name = name;
    this.#parent = parent;
  }

  get #limit(): number {
    return this.#limits[this.#name];
  }

  /** Adds to the count. A negative number subtracts. */
  add(bytes: number): void {
    this.held += bytes;
    this.#parent?.add(bytes);
  }

  /** Returns true if `bytes` more are within the limits of this level and of those above. */
  hasRoom(bytes: number): boolean {
    return this.held + bytes <= this.#limit && (this.#parent?.hasRoom(bytes) ?? true);
  }

  /** Counts a stream that opens, or with -1 one that closes. */
  addStreams(count: number): void {
    this.streams += count;
    this.#parent?.addStreams(count);
  }

  /** The streams that are open on all connections. */
  get allStreams(): number {
    return this.#parent?.allStreams ?? this.streams;
  }

  /** True over twice the limit of this level. Responses are counted but not refused, so they can exceed the limit. */
  get isOverrun(): boolean {
    return this.held > 2 * this.#limit;
  }
}

/** The budgets of a server: its own and one for each peer. */
export class Budgets {
  readonly #limits: GrpcJsLimits;
  readonly #all: Budget;
  readonly #peers = new Map<string, { readonly budget: Budget; connections: number }>();

  constructor(limits: GrpcJsLimits) {
    this.#limits = limits;
    this.#all = new Budget(limits, "maxHeldBytes");
  }

  /**
   * Opens the budget of a connection.
   *
   * @param identity `identityOf()` the peer; undefined for a connection that counts by itself
   */
  open(identity: string | undefined): Budget {
    let parent = this.#all;
    if (identity !== undefined) {
      let peer = this.#peers.get(identity);
      if (!peer) {
        const budget = new Budget(this.#limits, "maxHeldBytesPerPeer", this.#all);
        this.#peers.set(identity, peer = { budget, connections: 0 });
      }
      peer.connections++;
      parent = peer.budget;
    }
    return new Budget(this.#limits, "maxHeldBytesPerConnection", parent);
  }

  /** Number of connections of a peer. */
  connectionsOf(identity: string): number {
    return this.#peers.get(identity)?.connections ?? 0;
  }

  /** Drops the budget of a peer when its last connection is closed. */
  close(identity: string | undefined): void {
    const peer = identity === undefined ? undefined : this.#peers.get(identity);
    if (peer && --peer.connections === 0) this.#peers.delete(identity!);
  }
}
