/** The state that all calls of the native server share: context, deadline, end. @module */
import { ErrorCode, Http2Error, type Http2Stream } from "../../../http2/mod.ts";
import { isLocalPeer } from "../../../net/mod.ts";
import {
  type CallContext,
  type Caller,
  type CallReport,
  type CallTimes,
  Metadata,
  RpcError,
  StatusCode,
  type WorkUnit,
} from "../../mod.ts";
import type { CallConnection } from "./_call_connection.ts";
import type { Timed } from "./_deadlines.ts";
import { HeldBytes } from "./_held_bytes.ts";
import type { Method } from "./_methods.ts";
import type { RequestHead } from "./_request_head.ts";
import {
  bareHeaders,
  bareStatus,
  noHeaders,
  okTrailers,
  statusFields,
  trailersOnlyHeaders,
} from "./_responses.ts";
import { notRead } from "./_room_queue.ts";
import { runInTurn } from "./_run_in_turn.ts";
import type { Thread } from "./_thread.ts";
import { compress, loadCompression, metadataFields, PREFIX_LENGTH, writePrefix } from "../mod.ts";

/**
 * Bytes of memory of an open call besides its headers and its request: the stream, the call, and for a method that
 * streams, the iterators and promises of its handler (measured with 4,000 open calls: 540 and 3,500).
 */
const OPEN_UNARY_BYTES = 1_024;
const OPEN_STREAMING_BYTES = 3_584;

/** 30 minutes: a longer time in microseconds is not computed from 32 bits. */
const LONGEST_US = 1_800_000_000;

/** A call's stream, whose `user` is the call. */
export type CallStream = Http2Stream<Call>;

/** Message prefix, reused for every message: HTTP/2 copies it. */
const prefix = new Uint8Array(PREFIX_LENGTH);

/**
 * A call on the server: the context of its handler, and the ways in which it ends.
 *
 * ```text
 * open ── finish(), fail() ──▶ ended       the status is sent, or waits behind DATA
 *   └──── leave() ───────────▶ cancelled   the peer has reset the stream, or is gone
 * ```
 */
export abstract class Call implements CallContext, CallTimes, Timed {
  readonly connection: CallConnection;
  readonly due: number;
  place = -1;
  order = 0;
  requestCompressed = false;
  compressResponse = false;
  protected readonly stream: CallStream;
  protected readonly thread: Thread;
  protected readonly target: Method;
  protected readonly head: RequestHead;
  protected phase: "open" | "ended" | "cancelled" = "open";
  #headersSent = false;
  /** The status that the call ends with. It is set before the status is sent, which can end the call. */
  #status: StatusCode = StatusCode.CANCELLED;
  #message: string | undefined = undefined;
  /** True when the response headers have announced gzip. */
  #gzip = false;
  #responseHeaders: Metadata | undefined = undefined;
  #responseTrailers: Metadata | undefined = undefined;
  #abort: AbortController | undefined = undefined;
  /** The caller that an interceptor has set in place of the connection's. */
  #caller: Caller | undefined = undefined;
  /** Memory of the open call without its request, in bytes. */
  readonly #openBytes: number;
  /** Time of the request headers. Whole milliseconds, because V8 allocates an object for a fraction. */
  readonly #openedAt: number;
  /** The same time in whole microseconds: its lowest 32 bits. */
  readonly #openedUs: number;
  queueUs = 0;
  /** True for a call of a kind that takes microseconds, and is not measured itself. */
  protected isShort = false;
  requestId: string | undefined = undefined;
  logFields: CallContext["logFields"] = undefined;
  parts: CallContext["parts"] = undefined;
  #held: HeldBytes | undefined = undefined;
  /** True until the handler's promise is settled. The handler keeps the request for as long. */
  #handlerRuns = false;

  constructor(
    stream: CallStream,
    connection: CallConnection,
    thread: Thread,
    head: RequestHead,
    target: Method,
  ) {
    this.stream = stream;
    this.connection = connection;
    this.thread = thread;
    this.head = head;
    this.target = target;
    this.due = head.timeout === Infinity ? Infinity : thread.now + head.timeout;
    const isUnary = target.handler.kind === "unary";
    this.#openBytes = head.size + (isUnary ? OPEN_UNARY_BYTES : OPEN_STREAMING_BYTES);
    connection.account.add("heldBytes", this.#openBytes);
    this.#openedAt = Math.trunc(thread.now);
    this.#openedUs = (thread.now * 1_000) | 0;
  }

  /** Starts the call. The request follows. */
  abstract start(): void;

  /** Receives DATA of the request. */
  abstract receive(bytes: Uint8Array, start: number, end: number, last: boolean): void;

  /** Receives the end of the request, when no DATA frame has it. */
  abstract receiveEnd(): void;

  /** Reports that the stream takes more DATA. */
  abstract writable(): void;

  /** True until the request is complete, for a method with a single request message. */
  protected abstract get awaitsRequest(): boolean;

  /** Drops the request, because the call is over. */
  protected abstract release(): void;

  /** Memory that the end of this call would free, in bytes. */
  get freeableBytes(): number {
    return this.#openBytes + (this.#held?.buffered ?? 0);
  }

  get method(): string {
    return this.target.path;
  }

  get peer(): string {
    return this.connection.peer;
  }

  get peerIdentity(): string {
    return this.connection.identity ?? this.peer;
  }

  get peerIsLocal(): boolean {
    return isLocalPeer(this.connection.peer);
  }

  get caller(): Caller {
    return this.#caller ?? this.connection.caller;
  }

  set caller(caller: Caller) {
    this.#caller = caller;
  }

  get metadata(): Metadata {
    return this.head.metadata;
  }

  get deadline(): number | undefined {
    if (this.due === Infinity) return undefined;
    return Math.round(Date.now() + this.due - this.thread.clock());
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.phase === "cancelled" || this.overdue) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  get responseHeaders(): Metadata {
    return this.#responseHeaders ??= new Metadata(this.target.responseHeaders.metadata);
  }

  get responseTrailers(): Metadata {
    return this.#responseTrailers ??= new Metadata();
  }

  get isUnary(): boolean {
    return this.target.handler.kind === "unary";
  }

  get totalUs(): number {
    return this.#usUntil(this.thread.clock());
  }

  get roughUs(): number {
    return this.isShort ? this.#usUntil(this.thread.now) : this.totalUs;
  }

  #usUntil(now: number): number {
    const ms = now - this.#openedAt;
    return ms < LONGEST_US / 1_000 ? ((now * 1_000) | 0) - this.#openedUs | 0 : ms * 1_000;
  }

  /** Adds the time for which work of the call has waited in the queue. */
  waited(ms: number): void {
    this.queueUs += Math.trunc(ms * 1_000);
    this.target.meter?.waited(ms);
  }

  /** True when the call has ended or was cancelled. */
  get over(): boolean {
    return this.phase !== "open";
  }

  /** The deadline on the thread's clock; `Infinity` for none. */
  get neededBy(): number {
    return this.due;
  }

  runInTurn<T>(units: readonly WorkUnit<T>[]): Promise<readonly PromiseSettledResult<T>[]> {
    return runInTurn(this, units, this.thread, this.connection.lane);
  }

  protected get overdue(): boolean {
    return this.due <= this.thread.now;
  }

  onDeadline(): void {
    this.fail(new RpcError("DEADLINE_EXCEEDED", "Deadline exceeded"));
    this.#abort?.abort();
  }

  /** Checks the age of the request. Called about once a second. */
  tick(now: number): void {
    const { maxRequestMs } = this.thread.limits;
    if (this.over || !this.awaitsRequest || now - this.#openedAt < maxRequestMs) return;
    const text = `The request was not complete within ${maxRequestMs / 1_000} s`;
    this.fail(new RpcError("DEADLINE_EXCEEDED", text, { limit: "maxRequestMs" }));
  }

  /** Cancels the call, because its stream is closed. */
  leave(): void {
    if (this.phase !== "open") return;
    this.#end("cancelled");
    // The stream of a call that succeeds closes with its status. Its signal is not aborted: the reason of an abort is
    // an error, and costs a stack trace.
    if (this.#status !== StatusCode.OK) this.#abort?.abort();
  }

  /** Counter of the request bytes that the call keeps. */
  protected get held(): HeldBytes {
    return this.#held ??= new HeldBytes(this.thread.accounts, this.connection.account);
  }

  /** Describes the call. */
  report(now: number): CallReport {
    const { id, queuedBytes } = this.stream;
    return {
      stream: id,
      method: this.target.path,
      ageMs: Math.trunc(now) - this.#openedAt,
      awaitsRequest: this.awaitsRequest,
      queuedBytes,
    };
  }

  /** Marks that the handler has returned a promise: the event loop has to run until it is settled. */
  protected beginAsync(): void {
    this.#handlerRuns = true;
    this.thread.beginAsync();
  }

  /** Marks that the handler's promise is settled. */
  protected endAsync(): void {
    this.#handlerRuns = false;
    if (this.phase !== "open") this.#held?.setHandedOut(0);
    this.thread.endAsync();
  }

  /** Sends a response message, after the headers. Returns false when the call should wait for `writable()`. */
  protected sendMessage(response: unknown): boolean {
    // First, because other calls may send responses while it loads, and all share the memory of `#serialize()`.
    if (this.compressResponse) loadCompression("gzip");
    const bytes = this.#serialize(response);
    if (!this.#headersSent) {
      this.#gzip = this.compressResponse && this.head.acceptsGzip;
      this.#sendHeaders();
    }
    this.connection.wrote();
    const compressed = this.#gzip && this.compressResponse;
    return this.#send(compressed ? compress(bytes) : bytes, compressed);
  }

  /** Ends the call with the status OK. */
  protected finish(): void {
    if (this.phase !== "open") return;
    this.#status = StatusCode.OK;
    if (!this.#headersSent) this.#sendHeaders();
    const trailers = this.#responseTrailers;
    const fields = trailers === undefined || trailers.size === 0 ? [] : metadataFields(trailers);
    this.stream.sendHeaders(okTrailers, fields, true);
    this.connection.wrote();
    this.#end("ended");
    this.#stopRequest();
  }

  /**
   * Ends the call with an error. Errors other than `RpcError` become INTERNAL without details. Never throws: when
   * the peer's limit on header lists refuses the trailers, they are sent without metadata, or else the stream is reset.
   */
  fail(error: unknown): void {
    if (this.phase !== "open") return;
    const known = error instanceof RpcError
      ? error
      : new RpcError("INTERNAL", "Internal error", { cause: error });
    this.#status = known.code;
    this.#message = known.message;
    if (known.limit !== undefined) this.thread.meter?.limit(known.limit);
    const sent = this.#trySendStatus(statusFields(known)) ||
      this.#trySendStatus(bareStatus(known.code, known.message));
    this.#end("ended");
    if (sent) return this.#stopRequest();
    this.stream.reset(ErrorCode.INTERNAL_ERROR);
    this.connection.touch();
  }

  /** Runs a function whose exception ends the call. */
  protected guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  #send(message: Uint8Array, compressed: boolean): boolean {
    try {
      return this.stream.sendPrefixed(writePrefix(prefix, message.length, compressed), message);
    } catch (error) {
      if (!(error instanceof Http2Error) || error.limit !== "maxQueuedBytes") throw error;
      throw notRead(error.limit, { cause: error });
    }
  }

  #serialize(response: unknown): Uint8Array {
    try {
      return this.target.serialize(response);
    } catch (cause) {
      throw new RpcError("INTERNAL", "Error serializing response", { cause });
    }
  }

  #sendHeaders(): void {
    const metadata = this.#responseHeaders;
    const { plain, gzip } = metadata === undefined ? this.target.responseHeaders : bareHeaders;
    const fields = metadata === undefined ? undefined : metadataFields(metadata);
    this.stream.sendHeaders(this.#gzip ? gzip : plain, fields);
    this.#headersSent = true;
    this.connection.wrote();
  }

  #trySendStatus(fields: readonly string[]): boolean {
    try {
      const metadata = this.#responseHeaders ?? this.target.responseHeaders.metadata;
      if (!this.#headersSent && metadata.size > 0) this.#sendHeaders();
      this.stream.sendHeaders(this.#headersSent ? noHeaders : trailersOnlyHeaders, fields, true);
      this.connection.wrote();
      return true;
    } catch (error) {
      if (error instanceof Http2Error) return false;
      throw error;
    }
  }

  #end(phase: "ended" | "cancelled"): void {
    const wasOpen = this.phase === "open";
    this.phase = phase;
    // Sending the status can close the stream, which has then ended the call by `leave()`.
    if (!wasOpen) return;
    this.target.meter?.ended(this.#status);
    this.thread.observer?.ended(this, this.#status, this.#message, this);
    if (this.place >= 0) this.thread.deadlines.remove(this);
    this.release();
    this.#held?.setBuffered(0);
    if (!this.#handlerRuns) this.#held?.setHandedOut(0);
    this.connection.account.add("heldBytes", -this.#openBytes);
  }

  /** Asks the peer to stop a request that was answered before its end (RFC 9113 section 8.1). */
  #stopRequest(): void {
    this.stream.stopPeer();
  }
}
