import type { HeaderList, Http2Stream, PreparedHeaders } from "../../../http2/mod.ts";
import { Metadata, StatusCode } from "../../mod.ts";
import type { ChannelCore } from "./_channel_core.ts";
import { type Ending, Exchange } from "./_exchange.ts";
import type { PreparedMethod } from "./_methods.ts";
import type { StreamUser } from "./_transport.ts";
import {
  compress,
  formatTimeout,
  headerNames,
  metadataOf,
  PREFIX_LENGTH,
  writePrefix,
} from "../mod.ts";

/** What hears of unary calls. One can serve any number of them. It must not throw. */
export interface UnaryObserver {
  /**
   * The response is in the bytes from `start` to `end` of a buffer that is valid during the call.
   * How the call ends is told after it.
   */
  onResponse?(call: UnaryCall, bytes: Uint8Array, start: number, end: number): void;
  /** The call is over, well or not: look at its `code`. */
  onDone(call: UnaryCall): void;
}

const prefix = new Uint8Array(PREFIX_LENGTH);
const NO_FIELDS: readonly string[] = [];

/** A unary call on bytes, without a promise: what load generators make. */
export class UnaryCall extends Exchange {
  /** How it ended; undefined before. */
  code: StatusCode | undefined;
  message = "";
  readonly #method: PreparedMethod;
  readonly #request: Uint8Array;
  readonly #observer: UnaryObserver;
  readonly #timeout: number;
  #trailers: HeaderList | undefined;
  #responses = 0;

  /** @param timeout milliseconds from now, 0 for none */
  constructor(
    core: ChannelCore,
    method: PreparedMethod,
    request: Uint8Array,
    observer: UnaryObserver,
    timeout: number,
    waitForReady: boolean,
  ) {
    super(core, waitForReady);
    this.#method = method;
    this.#request = request;
    this.#observer = observer;
    this.#timeout = timeout;
    if (timeout > 0) core.timers.set(this, performance.now() + timeout);
  }

  /** What came with the status. */
  get trailers(): Metadata {
    return this.#trailers === undefined ? new Metadata() : metadataOf(this.#trailers.fields);
  }

  /** Ends it as CANCELLED, which the observer is told before this returns. */
  cancel(): void {
    this.end({ code: StatusCode.CANCELLED, message: "The caller cancelled the call" });
  }

  onDue(): void {
    const message = `Deadline exceeded after ${this.#timeout} ms`;
    this.end({ code: StatusCode.DEADLINE_EXCEEDED, message });
  }

  protected override requestHeaders(): PreparedHeaders {
    return this.#method.headers;
  }

  protected override requestFields(): readonly string[] {
    // A call that had to wait has waited part of its time away; that costs a look at the clock.
    return this.#timeout > 0 ? timeoutFields(this.due - performance.now()) : NO_FIELDS;
  }

  protected override send(stream: Http2Stream<StreamUser>): void {
    const { maxRequestBytes } = this.core.options;
    if (this.#request.length > maxRequestBytes) {
      const message = `Attempted to send message with a size larger than ${maxRequestBytes}`;
      return this.endSoon({ code: StatusCode.RESOURCE_EXHAUSTED, message });
    }
    const compressed = this.#method.compression !== undefined;
    const message = compressed ? compress(this.#request) : this.#request;
    stream.sendPrefixed(writePrefix(prefix, message.length, compressed), message, true);
  }

  protected override receive(bytes: Uint8Array, start: number, end: number): void {
    if (++this.#responses > 1) {
      const message = "The server sent more than one response";
      return this.end({ code: StatusCode.INTERNAL, message });
    }
    this.#observer.onResponse?.(this, bytes, start, end);
  }

  protected override ended({ code, message, trailers }: Ending): void {
    const missing = code === StatusCode.OK && this.#responses === 0;
    this.code = missing ? StatusCode.INTERNAL : code;
    this.message = missing ? "The server sent no response" : message;
    this.#trailers = trailers;
    this.#observer.onDone(this);
  }
}

/**
 * Whole milliseconds of the last timeout, and its field: a load generator's calls have all the
 * same.
 */
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
