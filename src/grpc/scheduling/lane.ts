/**
 * Turns of connections and peers, by start-time fair queuing (Goyal, Vin and Cheng, SIGCOMM 1996): a lane's
 * virtual time is the time of the thread that it has used, and the lane with the least goes first. A lane
 * with little work therefore never waits behind the backlog of another.
 *
 * @module
 */
import { type Due, DueHeap } from "./due_heap.ts";
import type { Work } from "./work.ts";

/**
 * The most by which a lane's virtual time may exceed that of the others when its work begins to wait, in
 * nanoseconds: one slice of the thread. Time used while no other lane had work does not count.
 */
const MAX_DEBT_NS = 10e6;

/**
 * The virtual time at the start. V8 compiles for integers of 32 bits while there are no others, and for floating point
 * after the first: from 0, all code of turns was compiled again after 2.1 s of each connection's work.
 */
const START_NS = 2 ** 32;

/** A participant in turns: a peer or a connection. Its `due` is its virtual time in whole nanoseconds. */
abstract class TurnTaker implements Due {
  due = START_NS - 1;
  place = -1;
  order = 0;
  /** True while work waits. */
  isActive = false;
  /** Nanoseconds used out of turn, which are added to `due` when it is next in a heap. */
  #debt = 0;

  /** Adds milliseconds of the thread to its virtual time. */
  charge(ms: number): void {
    // Whole numbers: sums of fractions differ by their order, and participants with equal work would not be equal.
    const ns = Math.round(ms * 1e6);
    if (this.place < 0) this.due += ns;
    else this.#debt += ns;
  }

  /** Moves the debt to `due`. Returns false when there is none. */
  settleDebt(): boolean {
    if (this.#debt === 0) return false;
    this.due += this.#debt;
    this.#debt = 0;
    return true;
  }
}

/**
 * The turns of peers, or of a peer's connections, that have work waiting. Those with equal work are in the same order in
 * each round, as they began to wait: one that was first in a round and last in the next would wait for two.
 */
export class Turns<T extends TurnTaker> {
  readonly #waiting = new DueHeap<T>();
  /** The virtual time of the participant whose turn was last. That of a new one is before it. */
  #time = START_NS + 1;
  #active = 0;

  /** Number of participants with work, including the one whose turn it is. */
  get active(): number {
    return this.#active;
  }

  /** The least virtual time of the participants that wait; `Infinity` when there is none. */
  get next(): number {
    return this.#waiting.next;
  }

  /** Adds a participant whose first work begins to wait. One that has used less time than others is ahead of them. */
  activate(taker: T): void {
    taker.isActive = true;
    this.#active++;
    taker.settleDebt();
    if (taker.due < this.#time) taker.due = this.#time - 1;
    else taker.due = Math.min(taker.due, this.#time + MAX_DEBT_NS);
    this.#waiting.add(taker);
  }

  /** Removes and returns the participant whose turn is next; undefined when none waits. */
  begin(): T | undefined {
    for (;;) {
      const next = this.#waiting.take();
      if (next === undefined) return undefined;
      if (!next.settleDebt()) {
        this.#time = next.due;
        return next;
      }
      this.#waiting.add(next);
    }
  }

  /** Ends the turn of a participant, which waits for another one if it has more work. */
  end(taker: T, hasMore: boolean): void {
    if (hasMore) return this.#waiting.add(taker);
    taker.isActive = false;
    this.#active--;
  }
}

/** A peer: the lanes of its connections. */
export class PeerTurns extends TurnTaker {
  readonly turns = new Turns<Lane>();
  /** Connections, with work or without. */
  connections = 0;
  /** Work that waits: pieces, and expected milliseconds. */
  size = 0;
  expectedMs = 0;
}

/** Work that waits in a lane, with the durations that were counted for it. */
export interface Entry {
  readonly work: Work;
  expectedMs: number;
  readonly cheap: boolean;
  /** Start of the wait, on the clock of the queue. */
  readonly since: number;
}

/** The work of one connection: cheap pieces first, otherwise in the order of arrival. */
export class Lane extends TurnTaker {
  readonly peer: PeerTurns;
  readonly #cheap: Entry[] = [];
  readonly #expensive: Entry[] = [];
  /** Expected milliseconds of all work that waits. */
  expectedMs = 0;
  /** Expected milliseconds of the cheap work that waits. */
  cheapMs = 0;

  constructor(peer: PeerTurns) {
    super();
    this.peer = peer;
  }

  get size(): number {
    return this.#cheap.length + this.#expensive.length;
  }

  /** True while cheap work waits, which later cheap work must not overtake. */
  get hasCheap(): boolean {
    return this.#cheap.length > 0;
  }

  override charge(ms: number): void {
    super.charge(ms);
    this.peer.charge(ms);
  }

  push(entry: Entry): void {
    if (entry.cheap) this.#cheap.push(entry);
    else if (entry.work.isFirst) this.#expensive.unshift(entry);
    else this.#expensive.push(entry);
  }

  /** The entry that `shift()` returns. */
  get next(): Entry | undefined {
    return this.#cheap[0] ?? this.#expensive[0];
  }

  shift(): Entry | undefined {
    return this.#cheap.shift() ?? this.#expensive.shift();
  }
}
