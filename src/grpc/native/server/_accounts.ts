/**
 * Accounts of the resources that peers occupy on one thread of the native server.
 *
 * ```text
 * thread ─┬─ peer 10.0.0.5 ─┬─ connection
 *         │                 └─ connection
 *         ├─ peer vsock:3 ──── connection
 *         └─ connection over loopback
 * ```
 *
 * Each amount is counted at all three levels, and each level has a limit (`NativeLimits`). Over the limit of
 * its connection or its peer, a request is refused. When the thread runs short, the connection that occupies the
 * most frees some, so that there is room for peers under their share.
 *
 * @module
 */
import type { NativeLimits } from "./limits.ts";

/** The counted resources. */
export type Resource = "heldBytes" | "unreadBytes";

/** The levels at which resources are counted. */
export type Level = "thread" | "peer" | "connection";

/** Limits of a resource by level. */
export type Shares = Readonly<Record<Resource, Readonly<Record<Level, number>>>>;

/** The limits by resource and level, as `NativeLimits` names them. */
function sharesOf(limits: NativeLimits): Shares {
  return {
    heldBytes: {
      thread: limits.maxHeldBytes,
      peer: limits.maxHeldBytesPerPeer,
      connection: limits.maxHeldBytesPerConnection,
    },
    unreadBytes: {
      thread: limits.maxUnreadBytes,
      peer: limits.maxUnreadBytesPerPeer,
      connection: limits.maxUnreadBytesPerPeer,
    },
  };
}

/** The part of a connection that frees resources. */
export interface AccountOwner {
  /** Frees some of a resource, if possible. */
  relinquish(resource: Resource): void;
}

/** The amounts that one connection, one peer or the whole thread occupies. */
export class Account {
  /** Bytes of requests that are kept for calls. */
  heldBytes = 0;
  /** Bytes of responses that wait for the peer to read. */
  unreadBytes = 0;

  constructor(
    readonly level: Level,
    readonly shares: Shares,
    /** The level above; undefined for the thread. */
    readonly parent?: Account,
    /** The connection; undefined at the other levels. */
    readonly owner?: AccountOwner,
  ) {}

  /** Adds an amount, which may be negative, at this level and those above it. */
  add(resource: Resource, amount: number): void {
    // V8 does not optimize properties whose name varies: `this[resource]` took 70 ns of a call.
    if (resource === "heldBytes") this.heldBytes += amount;
    else this.unreadBytes += amount;
    this.parent?.add(resource, amount);
  }

  /** Returns the narrowest level at which `amount` more would exceed the limit; undefined for none. */
  exceeds(resource: Resource, amount = 0): Level | undefined {
    const isOver = resource === "heldBytes"
      ? this.heldBytes + amount > shareOf(this.shares.heldBytes, this.level)
      : this.unreadBytes + amount > shareOf(this.shares.unreadBytes, this.level);
    return isOver ? this.level : this.parent?.exceeds(resource, amount);
  }
}

function shareOf(shares: Shares[Resource], level: Level): number {
  if (level === "connection") return shares.connection;
  return level === "peer" ? shares.peer : shares.thread;
}

/** The account of a peer, or of the thread, with the accounts that it sums up. */
class SumAccount extends Account {
  readonly children = new Set<Account>();

  /** True while nothing is counted here and there are no connections. */
  get isEmpty(): boolean {
    return this.children.size === 0 && this.heldBytes === 0 && this.unreadBytes === 0;
  }

  /** Returns the connection that occupies the most, of the peer that occupies the most. */
  heaviest(resource: Resource): Account | undefined {
    let most: Account | undefined;
    for (const child of this.children) {
      // A peer without connections has nothing that could be freed.
      if (child instanceof SumAccount && child.children.size === 0) continue;
      if (most === undefined || child[resource] > most[resource]) most = child;
    }
    return most instanceof SumAccount ? most.heaviest(resource) : most;
  }
}

/** The accounts of one thread: its own, and one for each peer. */
export class Accounts {
  readonly #thread: SumAccount;
  readonly #peers = new Map<string, SumAccount>();

  constructor(limits: NativeLimits) {
    this.#thread = new SumAccount("thread", sharesOf(limits));
  }

  /** Replaces the limits of all accounts. */
  setLimits(limits: NativeLimits): void {
    Object.assign(this.#thread.shares, sharesOf(limits));
  }

  get thread(): Account {
    return this.#thread;
  }

  /**
   * Opens the account of a new connection.
   *
   * @param identity `identityOf()` the peer: undefined for a connection that counts by itself
   */
  open(identity: string | undefined, owner: AccountOwner): Account {
    const parent = identity === undefined ? this.#thread : this.#peer(identity);
    const connection = new Account("connection", this.#thread.shares, parent, owner);
    parent.children.add(connection);
    return connection;
  }

  /**
   * Closes the account of a connection. Amounts may still be subtracted: a handler may keep a request after the
   * connection is closed, and the peer's account is kept until then.
   */
  close(connection: Account): void {
    (connection.parent as SumAccount).children.delete(connection);
  }

  /** Number of connections of the same peer; 1 for a connection that counts by itself. */
  connectionsOfPeer({ parent }: Account): number {
    return parent === this.#thread ? 1 : (parent as SumAccount).children.size;
  }

  /** Drops the accounts of peers that are gone. To be called about once a second. */
  sweep(): void {
    for (const [identity, peer] of this.#peers) {
      if (!peer.isEmpty) continue;
      this.#peers.delete(identity);
      this.#thread.children.delete(peer);
    }
  }

  /**
   * Frees a resource of the connections that occupy the most, until the thread is within its limit.
   *
   * @returns false when that is not possible
   */
  relieve(resource: Resource): boolean {
    return this.#relieve(resource, this.#thread, undefined);
  }

  /**
   * Checks an account against all limits after an addition. Also, a peer may occupy no more of the thread than is
   * free: so one peer gets half, each of four a fifth, and there is always room for one more (dynamic thresholds, as in
   * the buffers of switches). Without free room, the heaviest connection frees some first.
   *
   * @returns false when the account is over its share
   */
  admits(resource: Resource, account: Account): boolean {
    const level = account.exceeds(resource);
    if (level === "connection" || level === "peer") return false;
    const { parent } = account;
    return this.#relieve(resource, parent === this.#thread ? account : parent!, account);
  }

  /** Frees until `share` is no more than the free rest. For the thread itself, until it is within its limit. */
  #relieve(resource: Resource, share: Account, account: Account | undefined): boolean {
    const thread = this.#thread;
    while (this.#isOver(resource, share)) {
      const heaviest = thread.heaviest(resource);
      if (heaviest === undefined || heaviest === account) return false;
      const before = heaviest[resource];
      heaviest.owner!.relinquish(resource);
      if (heaviest[resource] >= before) return false;
    }
    return true;
  }

  #isOver(resource: Resource, share: Account): boolean {
    const { [resource]: taken, shares } = this.#thread;
    const free = shares[resource].thread - taken;
    return share === this.#thread ? free < 0 : share[resource] > free;
  }

  #peer(identity: string): SumAccount {
    let peer = this.#peers.get(identity);
    if (peer === undefined) {
      peer = new SumAccount("peer", this.#thread.shares, this.#thread);
      this.#peers.set(identity, peer);
      this.#thread.children.add(peer);
    }
    return peer;
  }
}
