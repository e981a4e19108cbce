/**
 * Streams that stand between node:http2 and grpc-js's server, and count the bytes that are held for each call.
 *
 * grpc-js inflates and decodes each message as soon as its bytes arrive, so a few bytes of gzip on each of many streams
 * become gigabytes. These streams pass a request on when it is complete and its turn has come (`SingleRequestStream`),
 * or message by message when grpc-js reads the next (`MessageStream`).
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type {
  OutgoingHttpHeaders,
  ServerHttp2Stream,
  ServerStreamResponseOptions,
} from "node:http2";
import { decodeStatusMessage, type ServerMeter, type StatusCode } from "../mod.ts";
import type { Budget } from "./_budget.ts";
import { ByteQueue, PREFIX_BYTES } from "./_byte_queue.ts";
import type { CallRecord } from "./_call_record.ts";
import type { StreamListener } from "./_http2_server.ts";
import type { GrpcJsLimits } from "./_limits.ts";
import { type GrpcRefusal, refuse } from "./_request_check.ts";
import type { Turns } from "./_turns.ts";

/** The largest ratio of DEFLATE (zlib's "Maximum Compression Factor"). */
const MAX_INFLATION = 1_032;

/** The resources that a stream shares with others. */
export interface StreamHost {
  /** Limits that may change. */
  readonly limits: GrpcJsLimits;
  /** The largest message, which grpc-js has as an option of its server. */
  readonly maxRequestBytes: number;
  readonly meter: ServerMeter | undefined;
  /** The record of the call. */
  readonly record: CallRecord;
  /** The budget of its connection. */
  readonly budget: Budget;
  readonly turns: Turns;
  /** Single requests that have not been passed to grpc-js. */
  readonly incomplete: Set<{ checkAge(now: number): void }>;
  /** grpc-js's listener for new streams. */
  readonly next: StreamListener;
}

/** The error code for a peer that uses too much (RFC 9113 section 7). gRPC maps it to RESOURCE_EXHAUSTED. */
export const ENHANCE_YOUR_CALM = 0xb;

/** The error code that gRPC maps to INTERNAL (RFC 9113 section 7). */
export const INTERNAL_ERROR = 0x2;

type Listener = (...args: unknown[]) => void;

/** Implements the members of `ServerHttp2Stream` that grpc-js 1.14.7 uses. */
export abstract class HeldStream {
  protected readonly queue = new ByteQueue();
  protected onData: Listener | undefined;
  protected onEnd: Listener | undefined;
  #held = 0;
  #written = 0;
  #hasEnded = false;

  constructor(protected readonly stream: ServerHttp2Stream, protected readonly host: StreamHost) {
    stream.once("close", () => {
      host.record.closed();
      this.released();
      this.queue.clear();
      this.hold(0);
      this.unread(-this.#written);
      host.turns.wake();
    });
    stream.on("error", () => {});
  }

  get session() {
    return this.stream.session;
  }
  get destroyed() {
    return this.stream.destroyed;
  }
  get closed() {
    return this.stream.closed;
  }
  get rstCode() {
    return this.stream.rstCode;
  }

  on(event: string, listener: Listener): this {
    if (event === "data") this.onData = listener;
    else if (event === "end") this.onEnd = listener;
    else this.stream.on(event, listener);
    return this;
  }

  once(event: string, listener: Listener): this {
    this.stream.once(event, listener);
    return this;
  }

  abstract pause(): this;
  abstract resume(): this;

  respond(headers: OutgoingHttpHeaders, options?: ServerStreamResponseOptions): void {
    this.#noteStatus(headers);
    this.stream.respond(headers, options);
  }

  sendTrailers(trailers: OutgoingHttpHeaders): void {
    this.#noteStatus(trailers);
    this.stream.sendTrailers(trailers);
  }

  write(bytes: Buffer, callback: (error?: Error | null) => void): boolean {
    if (this.#hasEnded) {
      // grpc-js 1.14.7 goes on to write responses after it has ended a call at its deadline. On Deno 2.9.6 a write after
      // `end()` would keep the stream from sending its trailers, and from closing.
      queueMicrotask(() => callback(new Error("The call has ended")));
      return true;
    }
    this.unread(bytes.length);
    const { budget } = this.host;
    if (budget.isOverrun) this.stream.session?.destroy(undefined, ENHANCE_YOUR_CALM);
    return this.stream.write(bytes, (error) => {
      if (!this.stream.closed) this.wrote(bytes.length);
      callback(error);
    });
  }

  end(): void {
    this.#hasEnded = true;
    this.stream.end();
  }

  /** Records the status of the call, from its trailers or from the headers of a Trailers-Only response. */
  #noteStatus(headers: OutgoingHttpHeaders): void {
    const status = headers["grpc-status"];
    if (status === undefined) return;
    const message = headers["grpc-message"] as string | undefined;
    const decoded = message === undefined ? undefined : decodeStatusMessage(message);
    this.host.record.sent(Number(status) as StatusCode, decoded);
  }

  /** Refuses the call. */
  protected refuseWith(refusal: GrpcRefusal): void {
    this.host.record.sent(refusal.code, refusal.message);
    refuse(this.stream, refusal);
  }

  /** Adds to the count of response bytes. A negative number subtracts. */
  protected unread(bytes: number): void {
    this.#written += bytes;
    this.host.budget.unread += bytes;
    this.host.budget.add(bytes);
  }

  /** Sets the count of request bytes. */
  protected hold(bytes: number): void {
    this.host.budget.add(bytes - this.#held);
    this.#held = bytes;
  }

  /** Returns true if the request may hold `bytes` in total: it is small, or within the budgets. */
  protected mayHold(bytes: number): boolean {
    const { budget, limits } = this.host;
    return bytes <= limits.smallRequestBytes || budget.hasRoom(bytes - this.#held);
  }

  /** An upper bound of the inflated size of the first message; 0 if it is not compressed. */
  protected inflated(): number {
    const { maxRequestBytes } = this.host;
    const size = (this.queue.firstMessage ?? 0) * MAX_INFLATION;
    return this.queue.isCompressed ? Math.min(maxRequestBytes, size) : 0;
  }

  /** Returns true if the prefix of the first message exceeds the limit. grpc-js refuses it by its prefix. */
  protected isTooLarge(): boolean {
    return (this.queue.firstMessage ?? 0) - PREFIX_BYTES > this.host.maxRequestBytes;
  }

  /** Returns true if the queue ends within a message. To be called at the end of the request. */
  protected isCutOff(): boolean {
    const { length, firstMessage } = this.queue;
    return length > 0 && (firstMessage === undefined || length < firstMessage);
  }

  /** Called when the stream is closed. */
  protected abstract released(): void;

  /** Called when node:http2 has taken response bytes. */
  protected wrote(_count: number): void {}
}
