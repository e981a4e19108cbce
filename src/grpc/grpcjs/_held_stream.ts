/**
 * HTTP/2 streams as grpc-js's server gets them: it reads a request only when it can be handled, and all that is held for
 * it is counted.
 *
 * grpc-js itself keeps, inflates and decodes each message as soon as its bytes arrive. A few bytes of gzip on each of
 * many streams become gigabytes. Here a request of one message is passed on when it has ended and its turn has come,
 * and the messages of a stream one by one, when grpc-js asks for the next.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { ServerHttp2Stream } from "node:http2";
import type { Budget } from "./_budget.ts";
import { ByteQueue, prefixBytes } from "./_byte_queue.ts";
import type { StreamListener } from "./_http2_server.ts";
import type { GrpcJsLimits } from "./_limits.ts";
import type { Turns } from "./_turns.ts";

/** DEFLATE expands a byte to at most 1,032 (zlib's "Maximum Compression Factor"). */
const maxInflation = 1_032;

/** The surroundings of a stream. */
export interface StreamHost {
  readonly limits: GrpcJsLimits;
  /** The budget of its connection. */
  readonly budget: Budget;
  readonly turns: Turns;
  /** The requests of one message that are not with their handler yet. */
  readonly incomplete: Set<{ checkAge(now: number): void }>;
  /** grpc-js's own listener for new streams. */
  readonly next: StreamListener;
}

/** The error code of a peer that takes too much (RFC 9113 section 7). gRPC reads it as RESOURCE_EXHAUSTED. */
export const ENHANCE_YOUR_CALM = 0xb;

type Listener = (...args: unknown[]) => void;

/** The part of a `ServerHttp2Stream` that grpc-js 1.14.7 uses. */
export abstract class HeldStream {
  protected readonly queue = new ByteQueue();
  protected onData: Listener | undefined;
  protected onEnd: Listener | undefined;
  #held = 0;
  #written = 0;

  constructor(protected readonly stream: ServerHttp2Stream, protected readonly host: StreamHost) {
    stream.once("close", () => {
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

  respond(...args: Parameters<ServerHttp2Stream["respond"]>): void {
    this.stream.respond(...args);
  }

  sendTrailers(...args: Parameters<ServerHttp2Stream["sendTrailers"]>): void {
    this.stream.sendTrailers(...args);
  }

  write(bytes: Buffer, callback: (error?: Error | null) => void): boolean {
    this.unread(bytes.length);
    const { budget } = this.host;
    if (budget.isOverrun) this.stream.session?.destroy(undefined, ENHANCE_YOUR_CALM);
    return this.stream.write(bytes, (error) => {
      if (!this.stream.closed) this.wrote(bytes.length);
      callback(error);
    });
  }

  end(): void {
    this.stream.end();
  }

  /** Counts bytes of responses, or with a negative number takes them off. */
  protected unread(bytes: number): void {
    this.#written += bytes;
    this.host.budget.unread += bytes;
    this.host.budget.add(bytes);
  }

  /** Sets the bytes that are counted for the request. */
  protected hold(bytes: number): void {
    this.host.budget.add(bytes - this.#held);
    this.#held = bytes;
  }

  /** Whether the request may hold `bytes` in all: within the budgets, or because it is small. */
  protected mayHold(bytes: number): boolean {
    const { budget, limits } = this.host;
    return bytes <= limits.smallRequestBytes || budget.hasRoom(bytes - this.#held);
  }

  /** The memory that the first message takes inflated; 0 when it is not compressed. */
  protected inflated(): number {
    const { maxRequestBytes } = this.host.limits;
    const size = (this.queue.firstMessage ?? 0) * maxInflation;
    return this.queue.isCompressed ? Math.min(maxRequestBytes, size) : 0;
  }

  /** Whether the first message is declared to be too large. grpc-js refuses it by its prefix. */
  protected isTooLarge(): boolean {
    return (this.queue.firstMessage ?? 0) - prefixBytes > this.host.limits.maxRequestBytes;
  }

  /** Called when the stream is closed. */
  protected abstract released(): void;

  /** Called when response bytes were passed on to HTTP/2. */
  protected wrote(_count: number): void {}
}
