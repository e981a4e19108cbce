/** The order in which the input of connections reaches node:http2. @module */
import { FrameSplitter } from "./_frame_splitter.ts";
import { nextTurn } from "./_next_turn.ts";

/** Frames of one connection that node:http2 gets in one turn of the event loop: 4 calls, or 128 KiB of DATA. */
const FRAMES_AT_ONCE = 8;

/**
 * Frames of all connections with more input than that. node:http2 makes an object of each request at once, and grpc-js
 * handles it later in the turn: 16 calls, which take some 3 ms.
 */
const FRAMES_PER_TURN = 32;

/** Takes input; null for its end. Returns false when no more is wanted for now. */
type Push = (chunk: Uint8Array | null) => boolean;

/** The input of one connection, cut between frames. */
export class ConnectionInput {
  readonly #turns: InputTurns;
  readonly #push: Push;
  readonly #isFull: () => boolean;
  readonly #onEmpty: () => void;
  readonly #splitter = new FrameSplitter();
  #chunks: (Uint8Array | null)[] = [];
  /** The frames that were passed on in a turn, and the number of that turn. */
  #passed = 0;
  #turn = 0;

  /**
   * @param push the consumer
   * @param isFull returns true while the consumer takes no more input
   * @param onEmpty called when the consumer has received all input that waited
   */
  constructor(turns: InputTurns, push: Push, isFull: () => boolean, onEmpty: () => void) {
    this.#turns = turns;
    this.#push = push;
    this.#isFull = isFull;
    this.#onEmpty = onEmpty;
  }

  /** True while input waits. Nothing more should be read from the connection then. */
  get isWaiting(): boolean {
    return this.#chunks.length > 0;
  }

  /** Passes input on, as much as its turn allows. Returns false when no more should be read for now. */
  push(chunk: Uint8Array | null): boolean {
    if (this.isWaiting) {
      this.#chunks.push(chunk);
      return false;
    }
    const { turn } = this.#turns;
    if (turn !== this.#turn) this.#passed = 0;
    this.#turn = turn;
    return this.#passOn(chunk, FRAMES_AT_ONCE - this.#passed) && !this.isWaiting;
  }

  /** Queues waiting input for a turn, once the consumer takes more. */
  wake(): void {
    if (this.isWaiting) this.#turns.wait(this);
  }

  /** Passes on the input of one turn. */
  run(): void {
    if (this.#isFull()) return;
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return;
    this.#passOn(chunk, FRAMES_AT_ONCE);
    if (!this.isWaiting) this.#onEmpty();
  }

  /** Drops input that waits. */
  clear(): void {
    this.#chunks = [];
  }

  #passOn(chunk: Uint8Array | null, frames: number): boolean {
    if (chunk === null) return this.#push(null);
    const end = this.#splitter.split(chunk, frames);
    this.#passed += this.#splitter.frames;
    if (end < chunk.length) this.#chunks.unshift(chunk.subarray(end));
    if (this.isWaiting) this.#turns.wait(this);
    return end === 0 ? false : this.#push(end < chunk.length ? chunk.subarray(0, end) : chunk);
  }
}

/**
 * Turns of connections that have input: some frames of each in every turn of the event loop. Without them, one turn of the
 * event loop read 256 KiB of every connection: thousands of calls, which were all in memory at once, and which the calls
 * of other connections had to wait for.
 */
export class InputTurns {
  readonly #waiting = new Set<ConnectionInput>();
  #turn = 1;
  #isScheduled = false;

  /** The number of this turn of the event loop. */
  get turn(): number {
    this.#schedule();
    return this.#turn;
  }

  /** Adds a connection whose input waits. */
  wait(input: ConnectionInput): void {
    this.#waiting.add(input);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    nextTurn(() => {
      this.#isScheduled = false;
      this.#turn++;
      this.#run();
    });
  }

  #run(): void {
    // A connection that still has input is added again, behind the others.
    let left = Math.min(this.#waiting.size, FRAMES_PER_TURN / FRAMES_AT_ONCE);
    for (const input of this.#waiting) {
      if (left-- === 0) return this.#schedule();
      this.#waiting.delete(input);
      input.run();
    }
  }
}
