/**
 * The lines of the audit log: JSON objects, one a line, each in a chain.
 *
 * ```text
 * {"chain":"5f3a9c01.2","seq":7,"time":"…","event":"sign", … ,"prev":"HASH"}
 * ```
 *
 * A chain is the lines of one thread: `seq` counts them, and `prev` is the SHA-256 of the line before, without its line
 * feed. The name of a chain is the run, a random number of the process, and the number of the thread in it; 0 is the
 * main thread.
 *
 * @module
 */
import { nodeCrypto } from "../node/mod.ts";
import type { LineBuffer } from "./line_buffer.ts";

/** A call, as the lines about it have it. */
export interface AuditedRequest {
  /** Name of the method, such as `Sign`. */
  readonly method: string;
  /** The id of the request, of the client's choice or random. */
  readonly request: string;
  /** The identity of the caller, in the form of access rules. */
  readonly identity: string;
  readonly peer: string;
}

/** An attempt to sign. */
export interface Attempt extends AuditedRequest {
  /** The id of the key, or else the type that the request names. */
  readonly key: string | undefined;
  /** The version of the key that made the signature. */
  readonly version: number | undefined;
  readonly algorithm: string | undefined;
  /** The input, of which the log has a digest alone. */
  readonly input: { readonly message?: Uint8Array; readonly digest?: Uint8Array } | undefined;
  /** `OK`, or the name of the gRPC status of the error. */
  readonly outcome: string;
  /** Microseconds that the attempt took. */
  readonly us: number;
}

/** An execution of a pipeline, or a stream through one, at its end. */
export interface Execution extends AuditedRequest {
  /** The manifest, of which the log has a digest alone. Undefined if the call was refused before it was read. */
  readonly manifest: Uint8Array | undefined;
  /** `OK`, or the name of the gRPC status of the error. */
  readonly outcome: string;
  /** Microseconds from the manifest to the end. */
  readonly us: number;
}

/** The end of a chain: the number and the hash of its last line. */
export interface Head {
  readonly seq: number;
  /** SHA-256 in hex. */
  readonly hash: string;
}

/** The fields of a line between its time and its hash. */
export type Fields = { readonly event: string } & Readonly<Record<string, unknown>>;

/** Each line begins so. JSON escapes quotes, so this text is nowhere else in a line. */
export const LINE_START = '{"chain":"';

/** The name of the last field of a signed line; the signature covers the line before it. */
export const SIGNATURE_FIELD = ',"signature":"';

/** The prefix of each message that an audit key signs: no other signature of the key is valid for a line. */
export const SIGNATURE_CONTEXT = "signer-audit-v1\n";

/** Computes SHA-256. The next call may overwrite the result. */
export type HashFunction = (bytes: Uint8Array) => Uint8Array;

/** Computes SHA-256 by node:crypto. */
export const sha256: HashFunction = (bytes) =>
  nodeCrypto().createHash("sha256").update(bytes).digest();

/** Computes SHA-256 of a text, in hex. */
export function sha256Hex(text: string): string {
  return nodeCrypto().hash("sha256", text, "hex");
}

/** Bytes of SHA-256. */
export const HASH_BYTES = 32;

const encode = (text: string) => new TextEncoder().encode(text);

const SEQ = encode('","seq":');
const TIME = encode(',"time":"');
const AFTER_TIME = encode('",');
const NO_PREV = encode(',"prev":null}');
const PREV = encode(',"prev":"');
const AFTER_PREV = encode('"}');

/** Begins the line with the number `seq` in a chain. Its other fields follow, without a comma before them. */
export function beginLine(
  line: LineBuffer,
  chain: Uint8Array,
  seq: number,
  time: Uint8Array,
): void {
  line.add(chain);
  line.add(SEQ);
  line.addInteger(seq);
  line.add(TIME);
  line.add(time);
  line.add(AFTER_TIME);
}

/** The begin of each line of a chain, for `beginLine()`. */
export function chainPrefix(name: string): Uint8Array {
  return encode(LINE_START + name);
}

/** Adds the last field of a line: the hash of the line before, if there is one. */
export function addPrevious(line: LineBuffer, previous: Uint8Array | undefined): void {
  if (previous === undefined) return line.add(NO_PREV);
  line.add(PREV);
  line.addHex(previous);
  line.add(AFTER_PREV);
}

/** Adds fields of a line. */
export function addFields(line: LineBuffer, fields: Fields): void {
  line.addText(JSON.stringify(fields).slice(1, -1));
}

const SIGN_METHOD = encode('"event":"sign","method":');
const PIPELINE_METHOD = encode('"event":"pipeline","method":');
const REQUEST = encode(',"request":');
const IDENTITY = encode(',"identity":');
const PEER = encode(',"peer":');
const KEY = encode(',"key":');
const VERSION = encode(',"version":');
const ALGORITHM = encode(',"algorithm":');
const MANIFEST = encode(',"manifest":"');
const MESSAGE = encode(',"sha256":"');
const DIGEST = encode(',"digest":"');
const AFTER_HEX = encode('"');
const OUTCOME = encode(',"outcome":');
const MICROSECONDS = encode(',"us":');

/** Adds the fields of an attempt. */
export function addAttempt(line: LineBuffer, attempt: Attempt, hash: HashFunction): void {
  const { key, version, algorithm, input, outcome, us } = attempt;
  addRequest(line, SIGN_METHOD, attempt);
  if (key !== undefined) addString(line, KEY, key);
  if (version !== undefined) {
    line.add(VERSION);
    line.addInteger(version);
  }
  if (algorithm !== undefined) addString(line, ALGORITHM, algorithm);
  if (input?.message !== undefined) addHex(line, MESSAGE, hash(input.message));
  if (input?.digest !== undefined) addHex(line, DIGEST, input.digest);
  addOutcome(line, outcome, us);
}

/** Adds the fields of an execution. */
export function addExecution(line: LineBuffer, execution: Execution, hash: HashFunction): void {
  const { manifest, outcome, us } = execution;
  addRequest(line, PIPELINE_METHOD, execution);
  if (manifest !== undefined) addHex(line, MANIFEST, hash(manifest));
  addOutcome(line, outcome, us);
}

function addRequest(
  line: LineBuffer,
  begin: Uint8Array,
  { method, request, identity, peer }: AuditedRequest,
): void {
  addString(line, begin, method);
  addString(line, REQUEST, request);
  addString(line, IDENTITY, identity);
  addString(line, PEER, peer);
}

function addOutcome(line: LineBuffer, outcome: string, us: number): void {
  addString(line, OUTCOME, outcome);
  line.add(MICROSECONDS);
  line.addInteger(us);
}

function addString(line: LineBuffer, name: Uint8Array, value: string): void {
  line.add(name);
  line.addString(value);
}

function addHex(line: LineBuffer, name: Uint8Array, value: Uint8Array): void {
  line.add(name);
  line.addHex(value);
  line.add(AFTER_HEX);
}
