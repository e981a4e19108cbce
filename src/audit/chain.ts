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
import { LineBuffer } from "./line_buffer.ts";
import {
  addAttempt,
  addExecution,
  addFields,
  addPrevious,
  type Attempt,
  beginLine,
  chainPrefix,
  type Execution,
  type Fields,
  HASH_BYTES,
  type HashFunction,
  type Head,
  sha256,
} from "./record.ts";
import { writeHead } from "./shared_head.ts";
import { SharedLines } from "./shared_lines.ts";
import type { Sink } from "./sink.ts";
import { type AuditTarget, openSink } from "./target.ts";

const encoder = new TextEncoder();

/** The policy for attempts whose lines cannot be written: `closed` refuses them, `open` signs without a line. */
export type AuditFailure = "closed" | "open";

/** The description of a chain, which can be posted to the thread that is to write it. */
export interface ChainSetup {
  readonly name: string;
  readonly target: AuditTarget;
  readonly whenFailing: AuditFailure;
  /** Memory by which the main thread learns of the chain's head. */
  readonly head: SharedArrayBuffer;
  /** The state of the file, which all threads share (`SharedLines`). */
  readonly lines: SharedArrayBuffer;
  /** Number of lines after which a signed one is due. */
  readonly signEveryLines: number;
}

/** The lines of attempts to sign and of pipelines, as services write them. */
export interface AuditTrail {
  /**
   * Ensures before an attempt or execution that its line can be written, as far as that is known.
   *
   * @throws {AuditError} `AUDIT_UNWRITABLE`, when failing closed. The attempt is counted among those without a line
   */
  expectWritable(): void;
  /**
   * Records an attempt. Its line is written before the answer is sent.
   *
   * @throws {AuditError} `AUDIT_UNWRITABLE`, when failing closed: the answer must not be given
   */
  record(attempt: Attempt): void;
  /** Records the end of an execution, as `record()` does an attempt. */
  recordExecution(execution: Execution): void;
}

/** Reports changes between writing and failing. */
export interface ChainEvents {
  readonly onFailing?: (error: Error) => void;
  readonly onWritable?: (lostLines: number) => void;
}

export class AuditChain implements AuditTrail, Disposable {
  readonly #setup: ChainSetup;
  readonly #events: ChainEvents;
  readonly #isBatched: boolean;
  readonly #sha256: HashFunction;
  readonly #shared: SharedLines;
  readonly #prefix: Uint8Array;
  /** The lines that wait to be written. */
  readonly #lines = new LineBuffer();
  #sink: Sink;
  #isClosed = false;
  /** The last line that was written, and its hash. */
  #seq = -1;
  readonly #hash = new Uint8Array(HASH_BYTES);
  /** The last line of all, written or waiting, and its hash. */
  #lastSeq = -1;
  readonly #lastHash = new Uint8Array(HASH_BYTES);
  #failure: Error | undefined;
  /** Attempts whose lines could not be written. */
  #lost = 0;
  /** 1 if the first of the waiting lines is about lost ones. */
  #added = 0;
  /** Lines of attempts were lost since the last `commit()`, whose answers must not be sent. */
  #failedBetween = false;

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
    this.#sha256 = hash;
    this.#prefix = chainPrefix(setup.name);
    this.#shared = new SharedLines(setup.lines, setup.signEveryLines);
    this.#sink = openSink(setup.target);
    if (!this.append({ event: "begin", ...begin })) {
      this.#sink[Symbol.dispose]();
      throw this.#unwritable();
    }
  }

  /** The last line that was written. */
  get head(): Head {
    return { seq: this.#seq, hash: this.#seq < 0 ? "" : this.#hash.toHex() };
  }

  expectWritable(): void {
    if (this.#failure === undefined || this.#setup.whenFailing === "open") return;
    // Tries with the lines that wait, or with one about the lost lines.
    const isEmpty = this.#lines.count === 0;
    if (isEmpty) this.#addLost();
    if (this.#write()) return;
    if (!isEmpty) this.#failedBetween = true;
    this.#lost++;
    throw this.#unwritable();
  }

  record(attempt: Attempt): void {
    this.#begin();
    addAttempt(this.#lines, attempt, this.#sha256);
    this.#endRecord();
  }

  recordExecution(execution: Execution): void {
    this.#begin();
    addExecution(this.#lines, execution, this.#sha256);
    this.#endRecord();
  }

  /**
   * Writes the lines that wait. To be called before answers are sent.
   *
   * @returns false when that failed and the server fails closed: the answers must not be sent
   */
  commit(): boolean {
    const failedBetween = this.#failedBetween;
    this.#failedBetween = false;
    return this.#write() && !failedBetween || this.#setup.whenFailing === "open";
  }

  /**
   * Writes a line at once, after the waiting lines.
   *
   * @param finish makes the final form of the line, such as with a signature
   * @returns false when that failed
   */
  append(fields: Fields, finish?: (line: string) => string): boolean {
    this.#writeEarly();
    this.#begin();
    addFields(this.#lines, fields);
    this.#end(finish);
    return this.#write();
  }

  /**
   * Goes on in a new file at the same path, the old one having been renamed.
   *
   * @param fields for the first line there
   * @param sink of the new file, if it is open already
   * @throws {AuditError} `AUDIT_FILE`; the chain then stays where it is
   */
  reopen(
    fields: Readonly<Record<string, unknown>> = {},
    sink: Sink = openSink(this.#setup.target),
  ): void {
    this.#writeEarly();
    this.#sink[Symbol.dispose]();
    this.#sink = sink;
    this.append({ event: "continue", ...fields });
  }

  /** Writes the lines that wait, or the number of the last lines that were lost, and closes the target. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#lines.count === 0) this.#addLost();
    this.commit();
    this.#sink[Symbol.dispose]();
  }

  /** Writes the lines that wait for a `commit()`, which then learns of a failure. */
  #writeEarly(): void {
    if (!this.#write()) this.#failedBetween = true;
  }

  /** Begins a line; before the first one, adds one about lost lines if there are some. */
  #begin(): void {
    if (this.#lines.count === 0 && this.#lost > 0) this.#addLost();
    beginLine(this.#lines, this.#prefix, this.#lastSeq + 1, timeNow());
  }

  #addLost(): void {
    if (this.#lost === 0) return;
    beginLine(this.#lines, this.#prefix, this.#lastSeq + 1, timeNow());
    const { whenFailing: policy } = this.#setup;
    addFields(this.#lines, { event: "lost", lines: this.#lost, policy });
    this.#end();
    this.#added = 1;
  }

  /** Ends a line of a call. */
  #endRecord(): void {
    this.#end();
    if (!this.#isBatched && !this.commit()) throw this.#unwritable();
  }

  /** Ends a line with the hash of the one before. */
  #end(finish?: (line: string) => string): void {
    const lines = this.#lines;
    addPrevious(lines, this.#lastSeq < 0 ? undefined : this.#lastHash);
    if (finish !== undefined) lines.replace(finish);
    this.#lastHash.set(this.#sha256(lines.end()));
    this.#lastSeq++;
  }

  /** Writes the lines that wait. False when not all could be written: the others are lost. */
  #write(): boolean {
    const lines = this.#lines;
    const { count } = lines;
    if (count === 0) return true;
    // Ends a line that was cut off, of whichever thread: the next line begins on its own.
    const mends = this.#shared.mend();
    const { written, failure } = this.#sink.write(lines.lines(mends));
    const added = this.#added;
    const lost = this.#lost;
    const before = this.#seq;
    this.#added = 0;
    if (failure === undefined) {
      this.#seq = this.#lastSeq;
      this.#hash.set(this.#lastHash);
      this.#lost = 0;
    } else {
      const whole = lines.linesWithin(mends ? written - 1 : written);
      const isTorn = whole.count > 0 ? written > whole.end + Number(mends) : mends || written > 0;
      if (isTorn) this.#shared.tear();
      const unwritten = count - Math.max(added, whole.count);
      this.#lost = unwritten + (whole.count === 0 ? lost : 0);
      if (whole.count > 0) {
        this.#seq += whole.count;
        this.#hash.set(this.#sha256(whole.last));
      }
      this.#lastSeq = this.#seq;
      this.#lastHash.set(this.#hash);
    }
    lines.clear();
    const more = this.#seq - before;
    if (more > 0) {
      writeHead(this.#setup.head, this.#seq, this.#hash);
      this.#shared.add(more);
    }
    this.#report(failure, lost);
    return failure === undefined;
  }

  /** Reports a change between writing and failing. */
  #report(failure: Error | undefined, lostBefore: number): void {
    const before = this.#failure;
    this.#failure = failure;
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
let clock = new Uint8Array();

/** The present time in ISO 8601. */
function timeNow(): Uint8Array {
  const ms = Date.now();
  if (ms !== clockMs) {
    clockMs = ms;
    clock = encoder.encode(new Date(ms).toISOString());
  }
  return clock;
}
