/** The sending half of a call: takes requests from their source and writes them to the stream. @module */
import type { AnyMethod } from "../../mod.ts";
import { compress, PREFIX_LENGTH, writePrefix } from "../mod.ts";
import type { Attempt, Call } from "./_call.ts";
import { MAX_REPLAY_BYTES } from "./_options.ts";

/** A serialized request, kept for another attempt. */
interface SerializedRequest {
  readonly bytes: Uint8Array;
  readonly compressed: boolean;
}

const prefix = new Uint8Array(PREFIX_LENGTH);
const NO_BYTES = new Uint8Array(0);

/**
 * Sends the requests of one call, on the stream of one attempt after another. Requests of a synchronous
 * source are sent without a promise.
 *
 *     paused ── resume() ──▶ drawing ── no room in the stream ──▶ paused
 *        └── stop() ───────────┴── last request, stop() ──▶ over
 */
export class RequestSender {
  readonly #method: AnyMethod;
  readonly #compresses: ((request: unknown) => boolean) | undefined;
  readonly #call: Call;
  /** The requests of a client stream. */
  #source: Iterator<unknown> | AsyncIterator<unknown> | undefined;
  #state: "paused" | "drawing" | "over" = "paused";
  #attempt: Attempt | undefined;
  /** Requests that were sent; undefined once there are too many to send again. */
  #sent: SerializedRequest[] | undefined = [];
  #sentBytes = 0;
  /** True after the last request. */
  #finished = false;

  /** @param compresses returns true for the requests to compress; none by default */
  constructor(
    method: AnyMethod,
    compresses: ((request: unknown) => boolean) | undefined,
    call: Call,
  ) {
    this.#method = method;
    this.#compresses = compresses;
    this.#call = call;
  }

  /** True while all requests that were sent can be sent once more. */
  get canRepeat(): boolean {
    return this.#sent !== undefined;
  }

  /** Starts the call: a unary call once its request is known, another call before its first request. */
  start(requests: Iterable<unknown> | AsyncIterable<unknown>): void {
    if (this.#method.requestStream) {
      this.#source = Symbol.asyncIterator in requests
        ? requests[Symbol.asyncIterator]()
        : requests[Symbol.iterator]();
      this.#call.makeAttempt();
    } else if (Symbol.iterator in requests) {
      let all: readonly unknown[];
      try {
        all = [...requests];
      } catch (cause) {
        return this.#abort(cause);
      }
      this.#sendOnly(all);
    } else {
      Array.fromAsync(requests).then((all) => this.#sendOnly(all), (cause) => this.#abort(cause));
    }
  }

  /** Moves to a new attempt: sends the earlier requests again, and goes on from there. */
  attach(attempt: Attempt): void {
    this.#attempt = attempt;
    let room = true;
    for (const message of this.#sent ?? []) {
      const last = this.#finished && message === this.#sent!.at(-1);
      room = this.#write(message, last);
    }
    if (this.#finished && this.#sent?.length === 0) this.#finish();
    if (room) this.resume();
  }

  /** Leaves an attempt that was given up. */
  detach(): void {
    this.#attempt = undefined;
  }

  /** Sends requests until the stream has no more room. */
  resume(): void {
    const source = this.#source;
    if (source === undefined || this.#state !== "paused") return;
    this.#state = "drawing";
    try {
      for (;;) {
        const next = source.next();
        if ("then" in next) return this.#await(next);
        if (!this.#take(next)) return;
      }
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** Drops the requests kept for another attempt, once the response has begun. */
  commit(): void {
    this.#sent = undefined;
  }

  /**
   * Stops when the call is over. The source's `return()` is called but not awaited: the source may itself
   * wait for input.
   */
  stop(): void {
    this.#attempt = undefined;
    this.#sent = undefined;
    if (this.#state === "over") return;
    this.#state = "over";
    try {
      Promise.resolve(this.#source?.return?.()).catch(() => {});
    } catch {
      // A generator that ends its own call cannot be ended while it runs.
    }
  }

  #await(next: Promise<IteratorResult<unknown>>): void {
    next.then((result) => {
      if (!this.#take(result)) return;
      this.#state = "paused";
      this.resume();
    }, (cause) => this.#fail(cause));
  }

  /** Sends one request. Returns true if the next one can be drawn at once. */
  #take(result: IteratorResult<unknown>): boolean {
    if (this.#over()) return false;
    if (result.done) {
      this.#state = "over";
      this.#finish();
      return false;
    }
    const room = this.#send(result.value);
    if (this.#over()) return false;
    if (!room) this.#state = "paused";
    return room;
  }

  /** Sends or keeps one request. Returns true if the stream has room for the next. */
  #send(request: unknown): boolean {
    const message = this.#serialize(request);
    if (message === undefined) return false;
    this.#sentBytes += message.bytes.length;
    if (this.#sentBytes > MAX_REPLAY_BYTES && this.#attempt !== undefined) this.#sent = undefined;
    this.#sent?.push(message);
    // Between two attempts it is kept only, and sent by the next.
    return this.#attempt !== undefined && this.#write(message, false);
  }

  #finish(): void {
    this.#finished = true;
    this.#attempt?.stream.sendData(NO_BYTES, true);
    this.#attempt?.transport.touch();
  }

  #fail(cause: unknown): void {
    if (this.#over()) return;
    this.#state = "over";
    this.#abort(cause);
  }

  #abort(cause: unknown): void {
    this.#call.fail("CANCELLED", "The requests ended in an error", cause);
  }

  /** True when the call has stopped the sender in between, which the compiler cannot see. */
  #over(): boolean {
    return this.#state === "over";
  }

  /** Keeps the one request of a unary call, and starts the call. */
  #sendOnly(requests: readonly unknown[]): void {
    if (requests.length !== 1) {
      const problem = `${this.#method.path} takes one request, not ${requests.length}`;
      return this.#call.fail("INVALID_ARGUMENT", problem);
    }
    const message = this.#serialize(requests[0]);
    if (message === undefined) return;
    this.#sent = [message];
    this.#finished = true;
    this.#call.makeAttempt();
  }

  #write({ bytes, compressed }: SerializedRequest, last: boolean): boolean {
    const head = writePrefix(prefix, bytes.length, compressed);
    const { stream, transport } = this.#attempt!;
    const room = stream.sendPrefixed(head, bytes, last);
    transport.touch();
    return room;
  }

  /** Serializes and compresses a request. Where that fails, fails the call and returns undefined. */
  #serialize(request: unknown): SerializedRequest | undefined {
    let message: Uint8Array;
    let compressed: boolean;
    try {
      compressed = this.#compresses?.(request) ?? false;
      message = this.#method.requestSerialize(request);
    } catch (cause) {
      const problem = `Cannot write a request of ${this.#method.path}`;
      return void this.#call.fail("INVALID_ARGUMENT", problem, cause);
    }
    return { bytes: compressed ? compress(message) : message, compressed };
  }
}
