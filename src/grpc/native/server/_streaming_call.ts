import {
  type AnyHandler,
  asBuffer,
  type BidiHandler,
  type ClientStreamHandler,
  RpcError,
  type ServerStreamHandler,
} from "../../contract/mod.ts";
import { Call, type CallConnection, type CallStream } from "./_call.ts";
import type { Method } from "./_methods.ts";
import { RequestStream } from "./_request_stream.ts";
import type { RequestHead } from "./_request_head.ts";
import type { Thread } from "./_thread.ts";

/** The kinds of handlers that stream in one direction or in both. */
export type StreamingHandler = Exclude<AnyHandler, { kind: "unary" }>;

/** A call with many requests, many responses, or both. */
export class StreamingCall extends Call {
  readonly #requests: RequestStream;
  #room: PromiseWithResolvers<void> | undefined = undefined;

  constructor(
    stream: CallStream,
    connection: CallConnection,
    thread: Thread,
    head: RequestHead,
    target: Method,
  ) {
    super(stream, connection, thread, head, target);
    this.#requests = new RequestStream(
      thread,
      head.encoding,
      (bytes) => {
        stream.consume(bytes);
        connection.touch();
      },
      (message, compressed) => {
        this.requestCompressed = compressed;
        return target.deserialize(asBuffer(message));
      },
    );
  }

  /** Runs the handler, whose requests may come later. */
  override start(): void {
    this.thread.beginAsync();
    this.#answer(this.target.handler as StreamingHandler)
      .catch((error) => this.fail(error))
      .finally(() => this.thread.endAsync());
  }

  override receive(bytes: Uint8Array, start: number, end: number, last: boolean): void {
    if (this.over) return this.stream.consume(end - start);
    this.guard(() => {
      this.#requests.push(bytes, start, end);
      if (last) this.#requests.end();
    });
  }

  override receiveEnd(): void {
    if (this.over) return;
    this.guard(() => this.#requests.end());
  }

  override writable(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  protected override release(): void {
    this.#requests.release();
    this.writable();
  }

  async #answer(handler: StreamingHandler): Promise<void> {
    switch (handler.kind) {
      case "client-stream":
        return this.#sendOne(
          await (handler as ClientStreamHandler<unknown, unknown>).handle(this.#requests, this),
        );
      case "server-stream": {
        const { handle } = handler as ServerStreamHandler<unknown, unknown>;
        return await this.#sendAll(handle(await this.#onlyRequest(), this));
      }
      case "bidi":
        return await this.#sendAll(
          (handler as BidiHandler<unknown, unknown>).handle(this.#requests, this),
        );
    }
  }

  /** The one request of a method that streams responses only. */
  async #onlyRequest(): Promise<unknown> {
    const { done, value } = await this.#requests.next();
    if (done) {
      const message = `Received no request message for the method ${this.method}`;
      throw new RpcError("UNIMPLEMENTED", message);
    }
    if ((await this.#requests.next()).done) return value;
    const message = `Received a second request message for the method ${this.method}`;
    throw new RpcError("UNIMPLEMENTED", message);
  }

  #sendOne(response: unknown): void {
    if (this.over) return;
    this.sendMessage(response);
    this.finish();
  }

  /** Sends responses, each when the peer has room for it. Leaving the loop ends the handler. */
  async #sendAll(responses: AsyncIterable<unknown>): Promise<void> {
    for await (const response of responses) {
      if (this.over) return;
      if (!this.sendMessage(response)) await this.#roomToSend();
      if (this.thread.turnIsLong) await this.thread.nextTurn();
      if (this.over) return;
    }
    this.finish();
  }

  #roomToSend(): Promise<void> {
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }
}
