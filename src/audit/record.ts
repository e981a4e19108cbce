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
import { hash } from "node:crypto";

/** An attempt to sign. */
export interface Attempt {
  /** Name of the method, such as `Sign`. */
  readonly method: string;
  /** The id of the request, of the client's choice or random. */
  readonly request: string;
  /** The identity of the caller, in the form of access rules. */
  readonly identity: string;
  readonly peer: string;
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

/** The end of a chain: the number and the hash of its last line. */
export interface Head {
  readonly seq: number;
  /** SHA-256 in hex. */
  readonly hash: string;
}

/** The head of a chain without lines. */
export const EMPTY: Head = { seq: -1, hash: "" };

/** The fields of a line between its time and its hash. */
export type Fields = { readonly event: string } & Readonly<Record<string, unknown>>;

/** Each line begins so. JSON escapes quotes, so this text is nowhere else in a line. */
export const LINE_START = '{"chain":"';

/** The name of the last field of a signed line; the signature covers the line before it. */
export const SIGNATURE_FIELD = ',"signature":"';

/** The prefix of each message that an audit key signs: no other signature of the key is valid for a line. */
export const SIGNATURE_CONTEXT = "signer-audit-v1\n";

/**
 * Formats the line after `head` in a chain, without a line feed.
 *
 * @param body of `formatFields()` or `formatAttempt()`
 */
export function formatLine(chain: string, head: Head, time: string, body: string): string {
  const prev = head.seq < 0 ? "null" : `"${head.hash}"`;
  return `${LINE_START}${chain}","seq":${head.seq + 1},"time":"${time}",${body},"prev":${prev}}`;
}

/** Formats fields of a line. */
export function formatFields(fields: Fields): string {
  return JSON.stringify(fields).slice(1, -1);
}

/** Computes SHA-256 in hex. */
export type HashFunction = (bytes: Uint8Array) => string;

/** Formats an attempt. By hand, as it is done for each signature: it takes a third of the time of one `stringify()`. */
export function formatAttempt(attempt: Attempt, hash: HashFunction): string {
  const { method, request, identity, peer, key, version, algorithm, input, outcome, us } = attempt;
  const message = input?.message;
  const digest = input?.digest;
  return `"event":"sign","method":${quote(method)},"request":${quote(request)},` +
    `"identity":${quote(identity)},"peer":${quote(peer)},` +
    (key === undefined ? "" : `"key":${quote(key)},`) +
    (version === undefined ? "" : `"version":${version},`) +
    (algorithm === undefined ? "" : `"algorithm":${quote(algorithm)},`) +
    (message === undefined ? "" : `"sha256":"${hash(message)}",`) +
    (digest === undefined ? "" : `"digest":"${digest.toHex()}",`) +
    `"outcome":${quote(outcome)},"us":${us}`;
}

/** SHA-256 in hex, of a line or a message. */
export function sha256(data: string | Uint8Array): string {
  return hash("sha256", data, "hex");
}

const quote = (text: string): string => JSON.stringify(text);
