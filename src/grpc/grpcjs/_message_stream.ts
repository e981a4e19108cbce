/** HTTP/2 streams of methods with many requests. @module */
import type { Buffer } from "node:buffer";
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { ENHANCE_YOUR_CALM, HeldStream, INTERNAL_ERROR, type StreamHost } from "./_held_stream.ts";
import { CUT_OFF } from "./_request_check.ts";

/** The stream of a method with streamed requests. */
export class MessageStream extends HeldStream {
  #flowing = false;
  #ended = false;
  #pumping = false;
  #over = false;
  /** True after a message over the limit, of which grpc-js gets the first bytes, and refuses the call. */
  #isRefused = false;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, host: StreamHost) {
    super(stream, host);
    stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    stream.on("end", () => {
      this.#ended = true;
      this.#pump();
    });
    stream.pause();
    host.next(this as unknown as ServerHttp2Stream, headers);
  }

  override pause(): this {
    this.#flowing = false;
    return this;
  }

  override resume(): this {
    this.#flowing = true;
    queueMicrotask(() => this.#pump());
    return this;
  }

  protected override released(): void {
    this.#over = true;
  }

  protected override wrote(count: number): void {
    this.unread(-count);
  }

  #receive(chunk: Buffer): void {
    if (this.#over) return;
    this.queue.push(chunk);
    if (!this.mayHold(this.queue.capacity)) {
      return this.#exhausted();
    }
    this.hold(this.queue.capacity);
    this.#pump();
  }

  /** Passes messages on while grpc-js reads, and reads from the connection while no message is complete. */
  #pump(): void {
    if (this.#pumping || this.#over) return;
    this.#pumping = true;
    while (this.#flowing && this.#hasMessage()) {
      const inflated = this.inflated();
      if (inflated > 0 && !this.mayHold(this.queue.capacity + inflated)) {
        this.#exhausted();
        break;
      }
      const isTooLarge = this.isTooLarge();
      if (isTooLarge) {
        this.#isRefused = true;
        this.host.meter?.limit("maxRequestBytes");
      }
      const message = isTooLarge ? this.queue.length : this.queue.firstMessage!;
      const bytes = this.queue.take(message);
      // Counted until grpc-js reads the next message.
      this.hold(this.queue.capacity + Math.max(inflated, bytes.length));
      this.onData?.(bytes);
    }
    this.#pumping = false;
    if (this.#over) return;
    if (this.#hasMessage()) return void this.stream.pause();
    if (this.#flowing) this.hold(this.queue.capacity);
    if (!this.#ended) return void this.stream.resume();
    if (!this.#flowing) return;
    this.#over = true;
    if (this.#isRefused || !this.isCutOff()) return void this.onEnd?.();
    this.host.record.sent(CUT_OFF.code, CUT_OFF.message);
    this.stream.close(INTERNAL_ERROR);
  }

  /** Ends the call, which holds more than it may. */
  #exhausted(): void {
    this.#over = true;
    this.host.meter?.limit("maxHeldBytes");
    this.stream.close(ENHANCE_YOUR_CALM);
  }

  #hasMessage(): boolean {
    const first = this.queue.firstMessage;
    return first !== undefined && (this.queue.length >= first || this.isTooLarge());
  }
}
