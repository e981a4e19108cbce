/**
 * The chain of audit lines of one thread.
 *
 * Each thread writes a chain of its own to the same file, and none waits for another: the order of the lines is that in
 * which the kernel appends them. A line is written by write(2) before the signature that it is about leaves the
 * process, so a process that is killed loses no line of an answered call: the page cache is the kernel's. On the
 * native stack the lines of a turn, of all its calls, are one write.
 *
 * ```text
 * thread 1 ── lines ──▶ ┐
 * thread 2 ── lines ──▶ ├─ O_APPEND ─▶ file ── read by the main thread each second ─▶ signed line
 * main     ── lines ──▶ ┘
 * ```
 *
 * The alternatives were one chain for all threads under a lock, which has every thread wait for one that the scheduler
 * has put aside, and lines handed over to one writer, which adds the time of two threads' wake-ups to each answer.
 *
 * @module
 */
import { AuditError } from "./errors.ts";
import {
  type Attempt,
  EMPTY,
  type Fields,
  formatAttempt,
  formatFields,
  formatLine,
  type HashFunction,
  type Head,
  sha256,
} from "./record.ts";
import { LineBuffer } from "./line_buffer.ts";
import { writeHead } from "./shared_head.ts";
import { type AuditTarget, openSink, type Sink } from "./target.ts";

/** The policy for attempts whose lines cannot be written: `closed` refuses them, `open` signs without a line. */
export type AuditFailure = "closed" | "open";

/** The description of a chain, which can be posted to the thread that is to write it. */
export interface ChainSetup {
  readonly name: string;
  readonly target: AuditTarget;
  readonly whenFailing: AuditFailure;
  /** Memory by which the main thread learns of the chain's head. */
  readonly head: SharedArrayBuffer;
  /** Memory that all threads share: word 0 is 1 after a line of which only a part was written. */
  readonly torn: SharedArrayBuffer;
}

/** The lines of attempts to sign, as services use it. */
export interface AuditTrail {
  /**
   * Ensures before an attempt that its line can be written, as far as that is known.
   *
   * @throws {AuditError} `AUDIT_UNWRITABLE`, when failing closed
   */
  expectWritable(): void;
  /**
   * Records an attempt. Its line is written before the answer is sent.
   *
   * @throws {AuditError} `AUDIT_UNWRITABLE`, when failing closed: the answer must not be given
   */
  record(attempt: Attempt): void;
}

/** Reports changes between writing and failing. */
export interface ChainEvents {
  readonly onFailing?: (error: Error) => void;
  readonly onWritable?: (lostLines: number) => void;
}

/** A line that waits to be written, without its place in the chain. */
interface Waiting {
  readonly time: string;
  readonly body: string;
}

export class AuditChain implements AuditTrail, Disposable {
  readonly #setup: ChainSetup;
  readonly #events: ChainEvents;
  readonly #isBatched: boolean;
  readonly #hash: HashFunction;
  readonly #torn: Int32Array;
  readonly #buffer = new LineBuffer();
  #sink: Sink;
  #isClosed = false;
  #head: Head = EMPTY;
  #waiting: Waiting[] = [];
  #failure: Error | undefined;
  /** Lines that could not be written. */
  #lost = 0;

  /**
   * Opens the target, and writes the first line of the chain.
   *
   * @param isBatched true when `commit()` is called before answers are sent; else each line is written at once
   * @throws {AuditError} `AUDIT_FILE`, `AUDIT_UNWRITABLE`
   */
  constructor(
    setup: ChainSetup,
    { isBatched, hash = sha256, begin = {}, events = {} }: {
      readonly isBatched: boolean;
      readonly hash?: HashFunction | undefined;
      readonly begin?: Readonly<Record<string, unknown>>;
      readonly events?: ChainEvents;
    },
  ) {
    this.#setup = setup;
    this.#events = events;
    this.#isBatched = isBatched;
    this.#hash = hash;
    this.#torn = new Int32Array(setup.torn);
    this.#sink = openSink(setup.target);
    if (!this.#write([now(formatFields({ event: "begin", ...begin }))])) {
      this.#sink[Symbol.dispose]();
      throw this.#unwritable();
    }
  }

  get head(): Head {
    return this.#head;
  }

  expectWritable(): void {
    if (this.#failure === undefined || this.#setup.whenFailing === "open") return;
    if (!this.#write([])) throw this.#unwritable();
  }

  record(attempt: Attempt): void {
    this.#waiting.push(now(formatAttempt(attempt, this.#hash)));
    if (!this.#isBatched && !this.commit()) throw this.#unwritable();
  }

  /**
   * Writes the lines that wait. To be called before answers are sent.
   *
   * @returns false when that failed and the server fails closed: the answers must not be sent
   */
  commit(): boolean {
    if (this.#waiting.length === 0) return true;
    const waiting = this.#waiting;
    this.#waiting = [];
    return this.#write(waiting) || this.#setup.whenFailing === "open";
  }

  /**
   * Writes a line at once, before the waiting lines.
   *
   * @param finish makes the final form of the line, such as with a signature
   * @returns false when that failed
   */
  append(fields: Fields, finish?: (line: string) => string): boolean {
    return this.#write([now(formatFields(fields))], finish);
  }

  /**
   * Goes on in a new file at the same path, the old one having been renamed.
   *
   * @param fields for the first line there
   * @throws {AuditError} `AUDIT_FILE`; the chain then stays where it is
   */
  reopen(fields: Readonly<Record<string, unknown>> = {}): void {
    const sink = openSink(this.#setup.target);
    this.#sink[Symbol.dispose]();
    this.#sink = sink;
    this.#write([now(formatFields({ event: "continue", ...fields }))]);
  }

  /** Writes the lines that wait, and closes the target. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.commit();
    this.#sink[Symbol.dispose]();
  }

  /** Writes lines, after one about lost lines if there are some. False when not all could be written. */
  #write(waiting: readonly Waiting[], finish = (line: string) => line): boolean {
    const lost = this.#lost;
    const lines = lost === 0 ? waiting : [
      now(formatFields({ event: "lost", lines: lost, policy: this.#setup.whenFailing })),
      ...waiting,
    ];
    // Ends a line that was cut off, of whichever thread: the next line begins on its own.
    const mends = Atomics.exchange(this.#torn, 0, 0) === 1;
    this.#buffer.begin(mends);
    const heads: Head[] = [];
    const ends: number[] = [];
    let head = this.#head;
    for (const { time, body } of lines) {
      const line = this.#buffer.add(finish(formatLine(this.#setup.name, head, time, body)));
      head = { seq: head.seq + 1, hash: this.#hash(line) };
      heads.push(head);
      ends.push(this.#buffer.bytes.length);
    }
    const { written, failure } = this.#sink.write(this.#buffer.bytes);
    if (failure === undefined) {
      this.#advance(head, 0);
      return true;
    }
    const whole = ends.filter((end) => end <= written).length;
    const isTorn = whole > 0 ? written > ends[whole - 1] : mends || written > 0;
    if (isTorn) Atomics.store(this.#torn, 0, 1);
    const added = lines.length - waiting.length;
    const unwritten = waiting.length - Math.max(0, whole - added);
    this.#advance(
      whole === 0 ? this.#head : heads[whole - 1],
      unwritten + (whole === 0 ? lost : 0),
      failure,
    );
    return false;
  }

  #advance(head: Head, lost: number, failure?: Error): void {
    if (head !== this.#head) {
      this.#head = head;
      writeHead(this.#setup.head, head);
    }
    const before = this.#failure;
    const lostBefore = this.#lost;
    this.#failure = failure;
    this.#lost = lost;
    if (failure !== undefined && before === undefined) this.#events.onFailing?.(failure);
    if (failure === undefined && before !== undefined) this.#events.onWritable?.(lostBefore);
  }

  #unwritable(): AuditError {
    const reason = this.#failure?.message ?? "unknown";
    return new AuditError("AUDIT_UNWRITABLE", `The audit log cannot be written: ${reason}`, {
      cause: this.#failure,
    });
  }
}

let clockMs = 0;
let clockText = "";

/** A line of the present time. */
function now(body: string): Waiting {
  const ms = Date.now();
  if (ms !== clockMs) {
    clockMs = ms;
    clockText = new Date(ms).toISOString();
  }
  return { time: clockText, body };
}
