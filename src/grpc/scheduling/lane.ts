/**
 * Turns of connections and peers, by start-time fair queuing (Goyal, Vin and Cheng, SIGCOMM 1996): a lane's
 * virtual time is the milliseconds of the thread that it has used, and the lane with the least goes first. A lane
 * with little work therefore never waits behind the backlog of another.
 *
 * @module
 */
import { type Due, DueHeap } from "./due_heap.ts";
import type { Work } from "./work.ts";

/**
 * The most by which a lane's virtual time may exceed that of the others when its work begins to wait, in
 * milliseconds: one slice of the thread. Time used while no other lane had work does not count.
 */
const MAX_DEBT_MS = 10;

/**
 * Participants take turns in the same order as before where they differ by no more than this part of what each has used
 * since its last turn. Without it, equal participants would be in a new order in each round, by the small differences of
 * their durations, and one that was first in a round and last in the next would wait for two.
 */
const EQUAL_PART = 1 / 4;

/** The virtual time between participants that count as equal, in milliseconds: enough to keep their order. */
const EQUAL_GAP_MS = 1e-6;

/** A participant in turns: a peer or a connection. Its `due` is its virtual time in milliseconds. */
abstract class TurnTaker implements Due {
  due = 0;
  place = -1;
  /** True while work waits. */
  isActive = false;
  /** Its virtual time when its last turn began, or after a pause when its work began to wait. */
  began = 0;
  /** Milliseconds used out of turn, which are added to `due` when it is next in a heap. */
  #debt = 0;

  /** Adds milliseconds of the thread to its virtual time. */
  charge(ms: number): void {
    if (this.place < 0) this.due += ms;
    else this.#debt += ms;
  }

  /** Moves the debt to `due`. Returns false when there is none. */
  settleDebt(): boolean {
    if (this.#debt === 0) return false;
    this.due += this.#debt;
    this.#debt = 0;
    return true;
  }
}

/** The turns of peers, or of a peer's connections, that have work waiting. */
export class Turns<T extends TurnTaker> {
  readonly #waiting = new DueHeap<T>();
  /** The virtual time of the participant whose turn was last. */
  #time = 0;
  #active = 0;
  /** The virtual time of the participant that was the last to begin to wait. */
  #last = 0;

  /** Number of participants with work, including the one whose turn it is. */
  get active(): number {
    return this.#active;
  }

  /** The least virtual time of the participants that wait; `Infinity` when there is none. */
  get next(): number {
    return this.#waiting.next;
  }

  /** Adds a participant whose first work begins to wait. */
  activate(taker: T): void {
    taker.isActive = true;
    this.#active++;
    taker.settleDebt();
    this.#keepOrder(taker);
    if (taker.due < this.#time) taker.due = taker.began = this.#time;
    else taker.due = Math.min(taker.due, this.#time + MAX_DEBT_MS);
    this.#wait(taker);
  }

  /** Removes and returns the participant whose turn is next; undefined when none waits. */
  begin(): T | undefined {
    for (;;) {
      const next = this.#waiting.take();
      if (next === undefined) return undefined;
      if (!next.settleDebt()) {
        this.#time = next.began = next.due;
        return next;
      }
      this.#waiting.add(next);
    }
  }

  /** Ends the turn of a participant, which waits for another one if it has more work. */
  end(taker: T, hasMore: boolean): void {
    if (hasMore) {
      this.#keepOrder(taker);
      return this.#wait(taker);
    }
    taker.isActive = false;
    this.#active--;
  }

  /** Moves a participant behind the last one if it would be before it by little. */
  #keepOrder(taker: T): void {
    const used = taker.due - taker.began;
    const ahead = this.#last - taker.due;
    if (used > 0 && ahead >= 0 && ahead <= used * EQUAL_PART) taker.due = this.#last + EQUAL_GAP_MS;
  }

  #wait(taker: T): void {
    this.#last = taker.due;
    this.#waiting.add(taker);
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
