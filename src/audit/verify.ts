/**
 * The check of an audit log: finds lines that were changed, left out, added, moved or cut off.
 *
 * @module
 */
import { isObject } from "../json/mod.ts";
import { LogFile, type LogLine } from "./log_file.ts";
import { type Head, LINE_START, sha256Hex, SIGNATURE_CONTEXT, SIGNATURE_FIELD } from "./record.ts";
import { NO_SEGMENT } from "./segment.ts";

/** Verifies a signature of the audit key. */
export type SignatureCheck = (message: Uint8Array, signature: Uint8Array) => boolean;

/** A fault of a log, and the place where it was noticed. */
export interface Fault {
  readonly file: string;
  /** Number of the line, from 1 on. */
  readonly line: number;
  readonly message: string;
}

/** The outcome of a check. */
export interface AuditVerdict {
  readonly lines: number;
  /** Attempts to sign. */
  readonly attempts: number;
  readonly signedLines: number;
  /** Lines after the last signed line, to which anyone could have added. */
  readonly unsigned: number;
  /** Time of the last signed line. */
  readonly signedUntil: string | undefined;
  /** Lines of which a killed server, or a full disk, has left a part. */
  readonly torn: number;
  readonly faults: readonly Fault[];
  /**
   * The last lines of servers without a closing line: the server was killed, still runs, or the end was cut off. Empty
   * when each server has ended in order.
   */
  readonly openEnds: readonly Fault[];
}

/** A line, as far as the check reads it. */
interface Parsed {
  readonly chain: string;
  readonly seq: number;
  readonly time: string;
  readonly event: string;
  readonly prev: string | null;
  readonly offset?: number;
  readonly after?: string;
  readonly last?: string;
  readonly heads?: Readonly<Record<string, readonly [seq: number, hash: string]>>;
  readonly from?: number;
  readonly to?: number;
  readonly hash?: string;
}

/** The state of a chain: its head, and the hashes of lines that a signed line may name. */
interface ChainState {
  head: Head;
  readonly hashes: Map<number, string>;
}

/** The state of the run of a server. */
interface RunState {
  readonly chains: Map<string, ChainState>;
  /** End of the part of the file that signed lines cover; undefined when they cover no parts. */
  covered: number | undefined;
  segmentHash: string;
  /** The word of the last signed line: `closed`, or `rotated` when another file follows. */
  end: string | undefined;
  /** The last line. */
  at: Fault;
}

/** The most faults that are listed. */
const MAX_FAULTS = 100;

const encoder = new TextEncoder();

/**
 * Checks the files of a log, in the order in which they were written.
 *
 * @param check for the signatures; undefined checks the hashes alone
 */
export function verifyAudit(
  paths: readonly string[],
  check: SignatureCheck | undefined,
): AuditVerdict {
  const verifier = new Verifier(check);
  for (const path of paths) {
    using file = LogFile.open(path);
    verifier.begin(file);
    for (const line of file.lines()) verifier.take(line);
  }
  return verifier.finish();
}

class Verifier {
  readonly #check: SignatureCheck | undefined;
  readonly #runs = new Map<string, RunState>();
  readonly #faults: Fault[] = [];
  readonly #openEnds: Fault[] = [];
  #file!: LogFile;
  #line = 0;
  #lines = 0;
  #attempts = 0;
  #signedLines = 0;
  #unsigned = 0;
  #signedUntil: string | undefined;
  #torn = 0;
  /** A torn line that no signed line covers so far. */
  #tornAt: (Fault & { readonly end: number }) | undefined;

  constructor(check: SignatureCheck | undefined) {
    this.#check = check;
  }

  begin(file: LogFile): void {
    this.#refuseTorn();
    this.#file = file;
    this.#line = 0;
  }

  take(line: LogLine): void {
    this.#line++;
    const start = line.text.lastIndexOf(LINE_START);
    const text = start < 0 ? line.text : line.text.slice(start);
    const parsed = start < 0 ? undefined : parse(text);
    if (start !== 0 || parsed === undefined) this.#takeTorn(line, parsed === undefined);
    if (parsed !== undefined) this.#takeParsed(parsed, text, line);
  }

  finish(): AuditVerdict {
    this.#refuseTorn();
    if (this.#lines === 0) this.#fault("The log has no line");
    for (const run of this.#runs.values()) if (run.end === undefined) this.#openEnds.push(run.at);
    return {
      lines: this.#lines,
      attempts: this.#attempts,
      signedLines: this.#signedLines,
      unsigned: this.#unsigned,
      signedUntil: this.#signedUntil,
      torn: this.#torn,
      faults: this.#faults,
      openEnds: this.#openEnds,
    };
  }

  #refuseTorn(): void {
    if (this.#tornAt !== undefined) this.#fault(this.#tornAt.message, this.#tornAt);
    this.#tornAt = undefined;
  }

  /** Takes a line of which a part is missing. Only the last one may be, or one that a signed line covers. */
  #takeTorn({ end, isEnded }: LogLine, isWhole: boolean): void {
    this.#torn++;
    if (isWhole && !isEnded) return;
    this.#tornAt ??= { ...this.#here("The line is no line of an audit log"), end };
  }

  #takeParsed(line: Parsed, text: string, { offset }: LogLine): void {
    this.#lines++;
    this.#unsigned++;
    if (line.event === "sign") this.#attempts++;
    const [runName, thread] = line.chain.split(".");
    const run = this.#runOf(runName, thread, line, offset);
    if (run.end === "closed") this.#fault("The line is after the last one of its server");
    const isKnown = run.chains.has(thread);
    const chain = this.#link(run, thread, line);
    const hash = sha256Hex(text);
    chain.head = { seq: line.seq, hash };
    chain.hashes.set(line.seq, hash);
    if (line.event === "continue" && thread === "0") this.#continue(run, line, isKnown);
    if (line.event === "signed") this.#takeSigned(run, line, text, offset);
    run.at = this.#here("The log has no last line of its server here");
  }

  #runOf(name: string, thread: string, line: Parsed, offset: number): RunState {
    const known = this.#runs.get(name);
    if (known !== undefined) return known;
    // A file that is checked without the one before it begins within a run.
    if (line.event !== "begin" && line.event !== "continue") {
      this.#fault("The lines before this one are missing");
    }
    if (line.event === "begin" && line.offset !== undefined && line.offset !== offset) {
      this.#fault(`Lines before this one are missing or added: it was at ${line.offset}`);
    }
    if (line.event === "begin" && thread !== "0") {
      this.#fault("The first line of the server is missing");
    }
    const run: RunState = {
      chains: new Map(),
      covered: line.event === "begin" && line.offset === undefined ? undefined : offset,
      segmentHash: NO_SEGMENT,
      end: undefined,
      at: this.#here(""),
    };
    this.#runs.set(name, run);
    return run;
  }

  /** Checks the place of a line in its chain. */
  #link(run: RunState, thread: string, line: Parsed): ChainState {
    const chain = run.chains.get(thread);
    if (chain === undefined) {
      const isFirst = line.event === "begin" && line.seq === 0 && line.prev === null;
      if (!isFirst && line.event !== "continue") {
        this.#fault(`The lines of chain ${line.chain} before this one are missing`);
      }
      const added: ChainState = { head: { seq: line.seq, hash: "" }, hashes: new Map() };
      run.chains.set(thread, added);
      return added;
    }
    const { seq, hash } = chain.head;
    if (line.seq > seq + 1) {
      this.#fault(`Lines ${seq + 1} to ${line.seq - 1} of chain ${line.chain} are missing`);
    } else if (line.seq <= seq) {
      this.#fault(
        `Line ${line.seq} of chain ${line.chain} is after line ${seq}: it was moved or added`,
      );
    } else if (line.prev !== hash) {
      this.#fault(`This line, or line ${seq} of chain ${line.chain} before it, was changed`);
    }
    return chain;
  }

  /** The first line of the main thread in a new file. */
  #continue(run: RunState, { after }: Parsed, isKnown: boolean): void {
    if (isKnown && after !== run.segmentHash) {
      this.#fault("The file is not the one that followed on the one before");
    }
    run.end = undefined;
    run.covered = 0;
    run.segmentHash = after ?? NO_SEGMENT;
  }

  #takeSigned(run: RunState, line: Parsed, text: string, offset: number): void {
    if (this.#check !== undefined && !hasValidSignature(text, this.#check)) {
      return this.#fault("The signature is not one of the audit key");
    }
    this.#checkHeads(run, line);
    this.#checkSegment(run, line, offset);
    run.end = line.last;
    // A server without an audit key writes the line without a signature.
    if (!text.includes(SIGNATURE_FIELD)) return;
    this.#signedLines++;
    this.#unsigned = 0;
    this.#signedUntil = line.time;
  }

  #checkHeads(run: RunState, { heads = {}, chain: name }: Parsed): void {
    for (const [thread, [seq, hash]] of Object.entries(heads)) {
      const chain = run.chains.get(thread);
      const found = chain?.hashes.get(seq);
      const runName = name.split(".")[0];
      if (found === undefined) this.#fault(`Line ${seq} of chain ${runName}.${thread} is missing`);
      else if (found !== hash) this.#fault(`Line ${seq} of chain ${runName}.${thread} was changed`);
      if (chain === undefined) continue;
      for (const old of chain.hashes.keys()) if (old < seq) chain.hashes.delete(old);
    }
  }

  #checkSegment(run: RunState, { from, to, hash }: Parsed, offset: number): void {
    if (from === undefined || to === undefined || hash === undefined) {
      if (run.covered !== undefined) this.#fault("The signed line covers no part of the file");
      return;
    }
    if (run.covered === undefined) {
      return this.#fault("The signed line covers a part of another file");
    }
    // The first signed line of a server also covers the last lines of the server before it.
    const isFirst = run.segmentHash === NO_SEGMENT;
    if (isFirst ? from > run.covered : from !== run.covered) {
      this.#fault(`The signed line covers the file from ${from}, and not from ${run.covered}`);
    } else if (to > offset || this.#file.hash(from, run.segmentHash, to) !== hash) {
      this.#fault("Lines since the last signed line were changed, moved, added or left out");
    } else if (this.#tornAt !== undefined && this.#tornAt.end <= to) {
      this.#tornAt = undefined;
    }
    run.covered = to;
    run.segmentHash = hash;
  }

  #here(message: string): Fault {
    return { file: this.#file.path, line: this.#line, message };
  }

  #fault(message: string, at: Fault = this.#here(message)): void {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ ...at, message });
  }
}

/** Checks the signature at the end of a line. */
function hasValidSignature(text: string, check: SignatureCheck): boolean {
  const at = text.lastIndexOf(SIGNATURE_FIELD);
  if (at < 0) return false;
  const line = `${text.slice(0, at)}}`;
  const signature = text.slice(at + SIGNATURE_FIELD.length, -2);
  try {
    return check(encoder.encode(SIGNATURE_CONTEXT + line), Uint8Array.fromBase64(signature));
  } catch {
    return false;
  }
}

function parse(text: string): Parsed | undefined {
  try {
    const parsed = JSON.parse(text) as Parsed;
    const { chain, seq, event, time, heads = {}, from = 0, to = 0 } = parsed;
    const isLine = [chain, event, time].every((text) => typeof text === "string") &&
      [seq, from, to].every(Number.isSafeInteger) && isObject(heads) &&
      Object.values(heads).every(Array.isArray);
    return isLine ? parsed : undefined;
  } catch {
    return undefined;
  }
}
