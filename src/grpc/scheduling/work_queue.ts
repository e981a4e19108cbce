/** The queue of one thread's work, fair to peers and connections. @module */
import {
  DEFAULT_SERVER_LIMITS,
  OVERLOAD_RETRY_MS,
  overloaded,
  RpcError,
  type ServerLimits,
} from "../mod.ts";
import { type Entry, Lane, PeerTurns, Turns } from "./lane.ts";
import type { Work } from "./work.ts";

/** Limits of the work that waits on a thread. */
export interface QueueLimits extends Pick<ServerLimits, "maxQueuedCalls" | "maxQueuedMs"> {
  /** The longest expected duration of a cheap piece, in milliseconds. Cheap pieces run first. */
  readonly cheapCallMs: number;
}

/** The default limits of a thread. */
export const DEFAULT_QUEUE_LIMITS: QueueLimits = {
  maxQueuedCalls: DEFAULT_SERVER_LIMITS.maxQueuedCalls,
  maxQueuedMs: DEFAULT_SERVER_LIMITS.maxQueuedMs,
  // About three P-256 signatures. RSA-2048 takes seven times as long.
  cheapCallMs: 0.1,
};

/** A turn of a connection. */
export interface Turn {
  /** Expected milliseconds of its pieces. */
  readonly expectedMs: number;
  /** The shortest time for which one of its pieces has waited, in milliseconds. */
  readonly waitedMs: number;
}

/** One object for all refusals: an overloaded server refuses thousands a second, and each new error captures a stack. */
const overShare = overloaded("Too much work waits here", OVERLOAD_RETRY_MS, "maxQueuedCalls");

/**
 * The work that waits on one thread.
 *
 * Peers take turns, and within a peer its connections, by the time that each has used of the thread. A turn is short
 * (`runNext()`), and within it cheap pieces run first. Work of several pieces moves to the end of its lane after
 * each piece, unless it says `isFirst`.
 *
 * Over a limit, work of peers and connections that exceed their share is refused. The share of a peer is the limit
 * divided by the number of peers with work; that of a connection is the peer's share divided by its connections with
 * work. Work under the share is still queued, so the total may exceed a limit by a factor of the logarithm of the
 * number of peers.
 */
export class WorkQueue {
  readonly #limits: QueueLimits;
  readonly #clock: () => number;
  readonly #used: () => number;
  readonly #peers = new Turns<PeerTurns>();
  readonly #byIdentity = new Map<string, PeerTurns>();
  #size = 0;
  #expectedMs = 0;

  /**
   * @param clock reads the time in milliseconds
   * @param used milliseconds for which this thread has run: the clock's, unless the thread's CPU time is known
   */
  constructor(
    limits: QueueLimits,
    clock: () => number = () => performance.now(),
    used: () => number = clock,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#used = used;
  }

  /** Number of pieces of work that wait. */
  get size(): number {
    return this.#size;
  }

  /** Expected milliseconds of all work that waits. */
  get expectedMs(): number {
    return this.#expectedMs;
  }

  /**
   * Opens the lane of a new connection.
   *
   * @param identity name of the peer; undefined for a connection that counts by itself
   */
  openLane(identity?: string): Lane {
    let peer = identity === undefined ? undefined : this.#byIdentity.get(identity);
    if (peer === undefined) {
      peer = new PeerTurns();
      if (identity !== undefined) this.#byIdentity.set(identity, peer);
    }
    peer.connections++;
    return new Lane(peer);
  }

  /** Closes a lane, given the identity it was opened with. Work that waits there should be over. */
  closeLane({ peer }: Lane, identity?: string): void {
    if (--peer.connections === 0 && identity !== undefined) this.#byIdentity.delete(identity);
  }

  /** Adds work to a lane, or returns the error with which it is refused. */
  push(lane: Lane, work: Work, now: number): RpcError | undefined {
    const cheap = work.pieceMs <= this.#limits.cheapCallMs;
    const refusal = this.#refusal(lane, work, cheap, now);
    if (refusal !== undefined) return refusal;
    this.#add(lane, { work, expectedMs: work.expectedMs, cheap, since: now });
    if (lane.isActive) return undefined;
    lane.peer.turns.activate(lane);
    if (!lane.peer.isActive) this.#peers.activate(lane.peer);
    return undefined;
  }

  /**
   * Gives a turn to the next lane: runs pieces that are expected to take up to `forMs` milliseconds together, but at
   * least one; a third longer if that ends the lane's work. The turn ends early after twice that time, or before expensive
   * work when work arrives for a lane that has used less than this one. Returns undefined when no work waits.
   *
   * @param between called between two pieces with the time. It may add work
   */
  runNext(forMs = 0, between: (now: number) => void = () => {}): Turn | undefined {
    for (;;) {
      const peer = this.#peers.begin();
      if (peer === undefined) return undefined;
      const lane = peer.turns.begin()!;
      const turn = { expectedMs: 0, waitedMs: Infinity };
      const usedBefore = this.#used();
      const began = this.#clock();
      try {
        this.#runSome(lane, turn, began, forMs, between);
      } finally {
        lane.charge(this.#charged(turn.expectedMs, began, usedBefore));
        peer.turns.end(lane, lane.size > 0);
        this.#peers.end(peer, peer.turns.active > 0);
      }
      if (hasRun(turn)) return turn;
    }
  }

  #runSome(
    lane: Lane,
    turn: { -readonly [K in keyof Turn]: Turn[K] },
    now: number,
    forMs: number,
    between: (now: number) => void,
  ): void {
    const latest = now + 2 * forMs;
    for (;;) {
      const expected = lane.next?.work.pieceMs;
      if (expected === undefined) return;
      if (hasRun(turn)) {
        // By expected durations: by measured ones, each interruption would leave a piece for another round.
        const longest = lane.size === 1 ? forMs * (4 / 3) : forMs;
        if (turn.expectedMs + expected > longest || now > latest) return;
        between(now);
        if (!lane.next!.cheap && this.#mayBeOvertaken(lane)) return;
      }
      const entry = lane.shift()!;
      const { work } = entry;
      this.#count(lane, entry, -1);
      if (work.over) {
        work.drop();
        continue;
      }
      turn.expectedMs += work.pieceMs;
      const waitedMs = Math.max(0, now - entry.since);
      turn.waitedMs = Math.min(turn.waitedMs, waitedMs);
      work.waited?.(waitedMs);
      const hasMore = work.run();
      now = this.#clock();
      if (hasMore) {
        const cheap = work.pieceMs <= this.#limits.cheapCallMs;
        this.#add(lane, { work, expectedMs: work.expectedMs, cheap, since: now });
      }
    }
  }

  /**
   * The milliseconds that are charged for a turn: the expected ones, unless it took less than half or more than twice as
   * long. Otherwise each interruption would put a connection behind others with equal calls.
   */
  #charged(expectedMs: number, began: number, usedBefore: number): number {
    const tookMs = this.#clock() - began;
    // CPU time is at most `tookMs`. The second read of it, a system call, is made after long turns only.
    const usedMs = tookMs > expectedMs * 2 ? this.#used() - usedBefore : tookMs;
    return usedMs < expectedMs / 2 || usedMs > expectedMs * 2 ? usedMs : expectedMs;
  }

  /** Returns true when work of another lane waits that has used less time than this one. */
  #mayBeOvertaken(lane: Lane): boolean {
    return this.#peers.next < lane.peer.due || lane.peer.turns.next < lane.due;
  }

  #add(lane: Lane, entry: Entry): void {
    lane.push(entry);
    this.#count(lane, entry, 1);
  }

  #count(lane: Lane, { expectedMs, cheap }: Entry, sign: 1 | -1): void {
    const ms = sign * expectedMs;
    const { peer } = lane;
    this.#size += sign;
    peer.size += sign;
    // Sums of fractions drift, so an empty queue resets the sum to 0.
    this.#expectedMs = this.#size === 0 ? 0 : this.#expectedMs + ms;
    peer.expectedMs = peer.size === 0 ? 0 : peer.expectedMs + ms;
    lane.expectedMs = lane.size === 0 ? 0 : lane.expectedMs + ms;
    if (cheap) lane.cheapMs = lane.hasCheap ? lane.cheapMs + ms : 0;
  }

  #refusal(lane: Lane, work: Work, cheap: boolean, now: number): RpcError | undefined {
    const { peer } = lane;
    const peers = this.#peers.active + (peer.isActive ? 0 : 1);
    const lanes = peer.turns.active + (lane.isActive ? 0 : 1);
    if (this.#isOverShare(lane, peers, lanes)) {
      return overShare;
    }
    // A single piece runs when nothing waits: its last measurement may be too long by chance.
    if (this.#size === 0 && work.expectedMs <= work.pieceMs) return undefined;
    const waits = this.#expectedWait(lane, work, cheap, peers * lanes);
    if (now + waits <= work.neededBy) return undefined;
    const message =
      `The work that waits here takes about ${Math.ceil(waits)} ms, which is longer ` +
      "than the deadline of this call";
    return new RpcError("RESOURCE_EXHAUSTED", message);
  }

  /**
   * Estimates the milliseconds until work of a lane is done. The lane's next piece runs almost at once, because the
   * lane has used the least time; further pieces take turns with those of the other `lanes`.
   */
  #expectedWait(lane: Lane, { pieceMs, expectedMs }: Work, cheap: boolean, lanes: number): number {
    const ahead = cheap ? lane.cheapMs : lane.expectedMs;
    const inTurns = (ahead + expectedMs - pieceMs) * lanes + pieceMs;
    return Math.min(inTurns, this.#expectedMs + expectedMs);
  }

  #isOverShare(lane: Lane, peers: number, lanes: number): boolean {
    const { maxQueuedCalls, maxQueuedMs } = this.#limits;
    if (this.#size < maxQueuedCalls && this.#expectedMs <= maxQueuedMs) return false;
    const { peer } = lane;
    const calls = maxQueuedCalls / peers;
    const ms = maxQueuedMs / peers;
    if (peer.size >= calls || peer.expectedMs > ms) {
      // The peer is over its share, but this connection may be under its own.
      return lane.size >= calls / lanes || lane.expectedMs > ms / lanes;
    }
    return false;
  }
}

/** Returns true once a piece has run in the turn. */
function hasRun({ waitedMs }: Turn): boolean {
  return waitedMs < Infinity;
}
