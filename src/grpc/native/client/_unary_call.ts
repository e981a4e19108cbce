/** A unary call on bytes, with an observer in place of promises. @module */
import type { HeaderList, PreparedHeaders } from "../../../http2/mod.ts";
import { formatTimeout, Metadata, StatusCode } from "../../mod.ts";
import { compress, headerNames, metadataOf, PREFIX_LENGTH, writePrefix } from "../mod.ts";
import { type Attempt, Call, type CallEnd } from "./_call.ts";
import type { ChannelCore } from "./_channel_core.ts";
import type { PreparedMethod } from "./_prepared_methods.ts";

/** Observes unary calls, any number of them. Its methods must not throw. */
export interface UnaryObserver {
  /**
   * Called with the response, the bytes from `start` to `end` of a buffer that is valid during the call.
   * `onDone` follows.
   */
  onResponse?(call: UnaryCall, bytes: Uint8Array, start: number, end: number): void;
  /** Called when the call has ended, with its `code` set. */
  onDone(call: UnaryCall): void;
}

/** Options of one unary call on bytes. */
export interface UnaryOptions {
  /** Milliseconds from `startedAt`; 0, the default, is no limit. */
  readonly timeout?: number;
  /** Wait for a connection when there is none, instead of failing. */
  readonly waitForReady?: boolean;
  /** The start of the call on the clock of `performance.now()`, for a caller that has just read it. */
  readonly startedAt?: number;
  /** The number of the connection to take, from 0, modulo their number; by default they take turns. */
  readonly connection?: number;
}

const prefix = new Uint8Array(PREFIX_LENGTH);
const NO_FIELDS: readonly string[] = [];

/** A unary call on serialized messages. Load generators make these. */
export class UnaryCall extends Call {
  /** The status code; undefined before the end. */
  code: StatusCode | undefined;
  /** The status message. */
  message = "";
  /** The time of the end, on the clock of `performance.now()`: that of the read which brought the status. */
  endedAt = 0;
  readonly #method: PreparedMethod;
  readonly #request: Uint8Array;
  readonly #observer: UnaryObserver;
  readonly #timeout: number;
  /** True once the first attempt has begun, or waits for a transport. */
  #started = false;
  #trailers: HeaderList | undefined;
  #responses = 0;

  constructor(
    core: ChannelCore,
    method: PreparedMethod,
    request: Uint8Array,
    observer: UnaryObserver,
    { timeout = 0, waitForReady = false, startedAt, connection = -1 }: UnaryOptions,
  ) {
    super(core, waitForReady, connection);
    this.#method = method;
    this.#request = request;
    this.#observer = observer;
    this.#timeout = timeout;
    if (timeout > 0) core.timers.set(this, (startedAt ?? performance.now()) + timeout);
  }

  /** Makes the first attempt. */
  start(): void {
    this.makeAttempt();
    this.#started = true;
  }

  /** The trailers, without the status. */
  get trailers(): Metadata {
    return this.#trailers === undefined ? new Metadata() : metadataOf(this.#trailers.fields);
  }

  /** Ends the call as CANCELLED. The observer is called before this returns. */
  cancel(): void {
    this.end({ code: StatusCode.CANCELLED, message: "The caller cancelled the call" });
  }

  onDue(): void {
    const message = `Deadline exceeded after ${this.#timeout} ms`;
    this.end({ code: StatusCode.DEADLINE_EXCEEDED, message });
  }

  override onMessage(bytes: Uint8Array, start: number, end: number): void {
    if (++this.#responses > 1) {
      const message = "The server sent more than one response";
      return this.end({ code: StatusCode.INTERNAL, message });
    }
    this.#observer.onResponse?.(this, bytes, start, end);
  }

  protected override requestHeaders(): PreparedHeaders {
    return this.#method.headers;
  }

  protected override requestFields(): readonly string[] {
    if (this.#timeout === 0) return NO_FIELDS;
    // A call that was pending, or that makes another attempt, has used a part of its timeout already.
    return timeoutFields(this.#started ? this.due - performance.now() : this.#timeout);
  }

  protected override send({ stream }: Attempt): void {
    const compressed = this.#method.compression !== undefined;
    const message = compressed ? compress(this.#request) : this.#request;
    stream.sendPrefixed(writePrefix(prefix, message.length, compressed), message, true);
  }

  protected override onEnd({ code, message, trailers }: CallEnd): void {
    const missing = code === StatusCode.OK && this.#responses === 0;
    this.code = missing ? StatusCode.INTERNAL : code;
    this.message = missing ? "The server sent no response" : message;
    this.#trailers = trailers;
    this.endedAt = trailers === undefined ? performance.now() : this.transport!.now;
    this.#observer.onDone(this);
  }
}

/** The last timeout in whole milliseconds, and its field: calls of one load mostly have the same. */
let lastTimeout = 0;
let lastFields: readonly string[] = NO_FIELDS;

function timeoutFields(left: number): readonly string[] {
  const milliseconds = Math.max(1, Math.ceil(left));
  if (milliseconds !== lastTimeout) {
    lastTimeout = milliseconds;
    lastFields = [headerNames.timeout, formatTimeout(milliseconds)];
  }
  return lastFields;
}
