/** The audit log of a server, as its main thread keeps it. @module */
import { AuditChain, type AuditFailure, type ChainEvents, type ChainSetup } from "./chain.ts";
import { AuditError } from "./errors.ts";
import {
  type Fields,
  type HashFunction,
  type Head,
  SIGNATURE_CONTEXT,
  SIGNATURE_FIELD,
} from "./record.ts";
import { NO_SEGMENT, type Segment, SegmentReader } from "./segment.ts";
import { createHeadMemory, readHead } from "./shared_head.ts";
import { SharedLines } from "./shared_lines.ts";
import { sinkOf } from "./sink.ts";
import { type AuditTarget, openFile, openSink } from "./target.ts";

/** Signs bytes with the audit key. */
export type AuditSigner = (message: Uint8Array) => Uint8Array;

export interface AuditLogOptions {
  readonly target: AuditTarget;
  readonly whenFailing: AuditFailure;
  /** Undefined for a log without signatures. */
  readonly sign: AuditSigner | undefined;
  /** Milliseconds between two signed lines while there are others. */
  readonly signEveryMs: number;
  /** Number of lines of all threads after which a signed one is made before that. */
  readonly signEveryLines: number;
  /** True when `AuditLog.chain.commit()` is called before answers are sent (`AuditChain`). */
  readonly isBatched: boolean;
  /** SHA-256; by default that of node:crypto. */
  readonly hash?: HashFunction | undefined;
  /** Fields of the first line, such as the version of the server. */
  readonly begin: Readonly<Record<string, unknown>>;
  readonly events?: ChainEvents;
  /** Called once when the path has led to another file, or to none, for `displacedMs`. */
  readonly onDisplaced?: () => void;
  /** Called when signed lines cannot be made, once until one was made again. */
  readonly onUnsigned?: (error: Error) => void;
  /** By default 5 s: logrotate sends SIGHUP a moment after it has renamed the file. */
  readonly displacedMs?: number;
}

/** 1 min between signed lines even without other lines: an older last line shows that the log was cut off. */
const IDLE_SIGN_MS = 60_000;

/**
 * Bytes before the end of a file that a server finds which its first signed line covers too: the lines that the server
 * before it wrote after its last signed line, if it was killed.
 */
const COVERED_BEFORE = 16 * 1024 * 1024;

const DISPLACED_MS = 5_000;

/** 10 files in one rotation, if each is renamed before it ends. */
const MAX_FILES_AT_ONCE = 10;

const LINE_FEED = 0x0a;

const encoder = new TextEncoder();

/** The file that is read back for signed lines, as far as it was covered. */
interface Readback {
  readonly file: Deno.FsFile;
  readonly id: string;
  to: number;
}

/**
 * The audit log of a server: the chain of the main thread, the descriptions of other threads' chains, and the signed
 * lines, which only the main thread writes, because it alone has the audit key.
 */
export class AuditLog implements AsyncDisposable {
  /** The chain of the main thread. */
  readonly chain: AuditChain;
  readonly #options: AuditLogOptions;
  readonly #run: string;
  readonly #heads: Map<number, SharedArrayBuffer>;
  readonly #memory = SharedLines.createMemory();
  readonly #lines: SharedLines;
  #threads = 1;
  #readback: Readback | undefined;
  #segmentHash = NO_SEGMENT;
  /** Number of the last line of each chain that a signed line has covered. */
  readonly #covered = new Map<number, number>();
  #signedAt = performance.now();
  /** The time since which the path has not led to the file; Infinity once that was reported. */
  #displacedSince: number | undefined;
  /** `onUnsigned()` was called, and no signed line was made since then. */
  #isUnsigned = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The last of the actions that are done one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /**
   * Opens the target, and writes the first line.
   *
   * @throws {AuditError}
   */
  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#run = crypto.getRandomValues(new Uint8Array(4)).toHex();
    this.#lines = new SharedLines(this.#memory, options.signEveryLines);
    const head = createHeadMemory();
    this.#heads = new Map([[0, head]]);
    this.#readback = openReadback(options.target);
    try {
      const size = this.#readback && prepareFile(this.#readback, options.target);
      const { isBatched, hash, begin, events = {} } = options;
      this.chain = new AuditChain(this.#setup(0, head), {
        isBatched,
        hash,
        begin: { ...begin, ...(size === undefined ? {} : { offset: size }) },
        events,
      });
      if (this.#readback !== undefined) this.#readback.to = Math.max(0, size! - COVERED_BEFORE);
    } catch (error) {
      this.#readback?.file.close();
      throw error;
    }
    this.#arm();
    if (options.sign !== undefined) void this.#signWhenDue();
  }

  /** Describes a new chain, for a thread to write. */
  share(): ChainSetup {
    const head = createHeadMemory();
    const thread = this.#threads++;
    this.#heads.set(thread, head);
    return this.#setup(thread, head);
  }

  /**
   * Goes on in a new file when the file has been renamed: ends the old one with a signed line once no thread writes there.
   *
   * @param reopenOthers has each other thread reopen its chain
   */
  reopen(reopenOthers: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      // Renamed again meanwhile, threads may be in different files: a signed line must not name lines of a later one.
      for (let files = 0; files < MAX_FILES_AT_ONCE && this.#isRenamed(); files++) {
        await this.#rotate(reopenOthers);
        // No regular file: there is no other one to wait for.
        if (this.#readback === undefined) return;
      }
    });
  }

  #isRenamed(): boolean {
    const { target } = this.#options;
    if (target.kind !== "file" || this.#isClosed) return false;
    return this.#readback === undefined || fileId(target.path) !== this.#readback.id;
  }

  async #rotate(reopenOthers: () => Promise<void>): Promise<void> {
    // Creates the file, so that all threads find the same.
    const next = openReadback(this.#options.target);
    try {
      await reopenOthers();
      await this.#sign({ last: "rotated" });
      // That very file: its path may lead to another one by now.
      this.chain.reopen({ after: this.#segmentHash }, next && sinkOf(next.file));
    } catch (error) {
      // The next attempt locks the file again.
      next?.file.close();
      throw error;
    }
    this.#readback?.file.close();
    this.#readback = next;
    this.#displacedSince = undefined;
  }

  /**
   * Writes the last line, and closes the file. Other threads must have closed their chains.
   *
   * @throws {AuditError} `AUDIT_UNWRITABLE` when the file cannot be read back for the last line
   */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#lines.wake();
    await this.#inTurn(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.chain.commit();
      try {
        await this.#sign({ last: "closed" });
      } finally {
        this.chain[Symbol.dispose]();
        this.#readback?.file.close();
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #setup(thread: number, head: SharedArrayBuffer): ChainSetup {
    const { target, whenFailing, signEveryLines } = this.#options;
    const name = `${this.#run}.${thread}`;
    return { name, target, whenFailing, head, lines: this.#memory, signEveryLines };
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#inTurn(() => this.#signIfDue()).catch(() => {}).finally(() => {
        if (!this.#isClosed) this.#arm();
      });
    }, this.#options.signEveryMs);
    Deno.unrefTimer(this.#timer);
  }

  /** Signs each time that so many lines were written, until the log is closed. */
  async #signWhenDue(): Promise<void> {
    while (!this.#isClosed) {
      await this.#lines.awaitDue();
      await this.#inTurn(() => this.#signIfDue()).catch(() => {});
    }
  }

  async #signIfDue(): Promise<void> {
    if (this.#isClosed) return;
    this.#lookForFile();
    const isIdle = this.#newHeads().size === 0;
    if (isIdle && performance.now() - this.#signedAt < IDLE_SIGN_MS) return;
    await this.#sign({});
  }

  /** Looks whether the path still leads to the file: lines of a deleted one are lost without a failed write. */
  #lookForFile(): void {
    const { target, onDisplaced, displacedMs = DISPLACED_MS } = this.#options;
    if (this.#readback === undefined || target.kind !== "file") return;
    if (fileId(target.path) === this.#readback.id) {
      this.#displacedSince = undefined;
      return;
    }
    this.#displacedSince ??= performance.now();
    if (performance.now() - this.#displacedSince < displacedMs) return;
    this.#displacedSince = Infinity;
    onDisplaced?.();
  }

  /** The heads of the chains that have lines which no signed line has covered. */
  #newHeads(): Map<number, Head> {
    const heads = new Map<number, Head>();
    for (const [thread, memory] of this.#heads) {
      const head = readHead(memory);
      const covered = this.#covered.get(thread) ?? -1;
      if (head !== undefined && head.seq > covered) heads.set(thread, head);
    }
    return heads;
  }

  /**
   * Writes a signed line about the lines that have been written. On this thread nothing else is written between the end
   * of the part that it covers and the line itself.
   */
  async #sign(extra: Readonly<Record<string, unknown>>): Promise<void> {
    this.#signedAt = performance.now();
    this.#lines.restart();
    // Other threads' last lines are in the next file already.
    const heads = extra.last === "rotated" ? new Map<number, Head>() : this.#newHeads();
    const segment = await this.#readNew();
    const before = this.chain.head.seq;
    const fields: Fields = {
      event: "signed",
      ...extra,
      heads: Object.fromEntries([...heads].map(([thread, { seq, hash }]) => [thread, [seq, hash]])),
      ...segment,
    };
    if (!this.chain.append(fields, (line) => this.#withSignature(line))) return;
    this.#isUnsigned = false;
    for (const [thread, { seq }] of heads) this.#covered.set(thread, seq);
    // The signed line alone is no reason for another one.
    if ((this.#covered.get(0) ?? -1) === before) this.#covered.set(0, this.chain.head.seq);
    if (segment === undefined) return;
    this.#readback!.to = segment.to;
    this.#segmentHash = segment.hash;
  }

  /**
   * Reads the part of the file that was not covered, up to its end; undefined without a file to read.
   *
   * @throws {AuditError} `AUDIT_UNWRITABLE`
   */
  async #readNew(): Promise<Segment | undefined> {
    if (this.#readback === undefined) return undefined;
    const { file, to } = this.#readback;
    try {
      // A signed line is about lines that are on the disk.
      await file.syncData();
      const reader = new SegmentReader(file, to, this.#segmentHash);
      while (reader.advance()) await new Promise((resolve) => setTimeout(resolve));
      return reader.finish();
    } catch (cause) {
      const message = `The audit file cannot be read back: ${(cause as Error).message}`;
      const error = new AuditError("AUDIT_UNWRITABLE", message, { cause });
      if (!this.#isUnsigned) this.#options.onUnsigned?.(error);
      this.#isUnsigned = true;
      throw error;
    }
  }

  #withSignature(line: string): string {
    const { sign } = this.#options;
    if (sign === undefined || !line.includes('"event":"signed"')) return line;
    const signature = sign(encoder.encode(SIGNATURE_CONTEXT + line)).toBase64();
    return `${line.slice(0, -1)}${SIGNATURE_FIELD}${signature}"}`;
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/**
 * Opens the file of a target to be read back, which creates it; undefined for a target that is no regular file.
 *
 * @throws {AuditError} `AUDIT_FILE`, also when another server writes there
 */
function openReadback(target: AuditTarget): Readback | undefined {
  if (target.kind !== "file") return undefined;
  openSink(target)[Symbol.dispose]();
  if (!Deno.statSync(target.path).isFile) return undefined;
  const file = openFile(target.path, true);
  // flock(2): released when the process ends in any way.
  if (file.tryLockSync(true)) return { file, id: fileId(target.path)!, to: 0 };
  file.close();
  throw new AuditError(
    "AUDIT_FILE",
    `Another server writes the audit file ${JSON.stringify(target.path)}: give each its own`,
  );
}

/** Ends a line that a killed server has left unfinished, and gives the size of the file. */
function prepareFile({ file }: Readback, target: AuditTarget): number {
  const { size } = file.statSync();
  if (size === 0) return 0;
  file.seekSync(size - 1, Deno.SeekMode.Start);
  const last = new Uint8Array(1);
  file.readSync(last);
  if (last[0] === LINE_FEED) return size;
  using sink = openSink(target);
  return size + sink.write(new Uint8Array([LINE_FEED])).written;
}

/** The device and number of a file; undefined where there is none. */
function fileId(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
