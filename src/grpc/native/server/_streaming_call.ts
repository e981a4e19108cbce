/** Calls with streams of messages. @module */
import {
  asBuffer,
  type BidiHandler,
  type ClientStreamHandler,
  RpcError,
  type ServerStreamHandler,
} from "../../mod.ts";
import { Call, type CallStream } from "./_call.ts";
import type { CallConnection } from "./_call_connection.ts";
import type { Method } from "./_methods.ts";
import { CallStep } from "./_call_step.ts";
import { decodedSize, ownedSize } from "./_decoded_size.ts";
import { RequestStream } from "./_request_stream.ts";
import type { RequestHead } from "./_request_head.ts";
import { SingleRequest } from "./_single_request.ts";
import type { RequestMessage } from "./_request_bytes.ts";
import type { Thread } from "./_thread.ts";

/** A call with many requests, many responses, or both. */
export class StreamingCall extends Call {
  readonly #incoming: RequestStream | SingleRequest;
  #handling = false;
  #room: PromiseWithResolvers<void> | undefined = undefined;
  /** The memory of the last request message; undefined when it was compressed or taken. */
  #memory: ArrayBuffer | undefined = undefined;

  constructor(
    stream: CallStream,
    connection: CallConnection,
    thread: Thread,
    head: RequestHead,
    target: Method,
  ) {
    super(stream, connection, thread, head, target);
    const { held } = this;
    const { encoding } = head;
    const { maxRequestBytes } = thread.limits;
    if (target.handler.kind === "server-stream") {
      this.#incoming = new SingleRequest(held, encoding, maxRequestBytes, target.path);
      return;
    }
    const grant = (bytes: number) => {
      stream.consume(bytes);
      connection.touch();
    };
    const deserialize = (message: RequestMessage) => this.#deserialize(message);
    const decodeInTurn = (decode: () => void) => this.#decodeInTurn(decode);
    this.#incoming = new RequestStream({
      ...{ held, encoding, maxRequestBytes, grant, deserialize, decodeInTurn },
    });
  }

  /** Runs the handler, whose requests may come later. */
  override start(): void {
    if (this.#incoming instanceof RequestStream) this.#run(this.#answerStream(this.#incoming));
  }

  protected override get awaitsRequest(): boolean {
    return !this.#handling;
  }

  override receive(bytes: Uint8Array, start: number, end: number, last: boolean): void {
    if (this.over) return this.stream.consume(end - start);
    this.guard(() => {
      // The held bytes of a single request have their own limit.
      if (this.#incoming instanceof SingleRequest) this.stream.consume(end - start);
      this.#incoming.push(bytes, start, end);
      if (last) this.receiveEnd();
    });
  }

  override receiveEnd(): void {
    if (this.over) return;
    this.guard(() => {
      const incoming = this.#incoming;
      if (incoming instanceof RequestStream) incoming.close();
      else if (incoming.isLight) this.#answerRequest(incoming.end());
      else this.#decodeInTurn(() => this.#answerRequest(incoming.end()));
    });
  }

  override writable(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  takeRequestMemory(): ArrayBuffer | undefined {
    const memory = this.#memory;
    this.#memory = undefined;
    return memory;
  }

  protected override release(): void {
    this.#incoming.release();
    this.writable();
  }

  #run(answer: Promise<void>): void {
    this.#handling = true;
    this.beginAsync();
    answer.catch((error) => this.fail(error)).finally(() => this.endAsync());
  }

  async #answerStream(requests: RequestStream): Promise<void> {
    const { handler } = this.target;
    if (handler.kind === "bidi") {
      const { handle } = handler as BidiHandler<unknown, unknown>;
      return await this.#sendAll(handle(requests, this));
    }
    const { handle } = handler as ClientStreamHandler<unknown, unknown>;
    const response = await handle(requests, this);
    if (this.connection.full && !this.over) {
      this.held.setHandedOut(ownedSize(response));
      while (this.connection.full && !this.over) await this.#roomOnConnection();
    }
    this.#sendOne(response);
  }

  #answerRequest(message: RequestMessage): void {
    const request = this.#deserialize(message);
    this.held.setHandedOut(message.bytes.buffer.byteLength + decodedSize(request));
    const { handle } = this.target.handler as ServerStreamHandler<unknown, unknown>;
    this.#run(this.#sendAll(handle(request, this)));
  }

  /** Runs `decode` at once, or in the call's turn. False when it has to wait. */
  #decodeInTurn(decode: () => void): boolean {
    const { thread, connection: { lane }, target: { decoding } } = this;
    const run = () => {
      thread.lap();
      this.guard(decode);
      decoding.record(thread.lap());
    };
    thread.lap();
    if (thread.mayRunNow(lane, decoding)) {
      run();
      return true;
    }
    const step = new CallStep(this, decoding, thread.limits.cheapCallMs, run);
    const refusal = thread.work.push(lane, step, thread.clock());
    if (refusal !== undefined) throw refusal;
    thread.wake();
    return false;
  }

  #deserialize({ bytes, compressed }: RequestMessage): unknown {
    this.requestCompressed = compressed;
    this.#memory = compressed ? undefined : bytes.buffer as ArrayBuffer;
    try {
      return this.target.deserialize(asBuffer(bytes));
    } catch (cause) {
      throw new RpcError("INTERNAL", "Error deserializing request", { cause });
    }
  }

  #sendOne(response: unknown): void {
    if (this.over) return;
    this.sendMessage(response);
    this.finish();
  }

  /** Sends responses, each when the peer has room for it. Leaving the loop ends the handler. */
  async #sendAll(responses: AsyncIterable<unknown>): Promise<void> {
    for await (const response of responses) {
      // Calls that waited resume together, and the responses of some fill the connection again.
      while (this.connection.full && !this.over) await this.#roomOnConnection();
      if (this.over) return;
      if (!this.sendMessage(response)) await this.#roomToSend();
      if (this.thread.turnIsLong) await this.thread.nextTurn();
      if (this.over) return;
    }
    this.finish();
  }

  /** The connection takes responses again. */
  onRoom(): void {
    this.writable();
  }

  #roomOnConnection(): Promise<void> {
    if (this.over) return Promise.resolve();
    this.connection.awaitRoom(this);
    return this.#roomToSend();
  }

  #roomToSend(): Promise<void> {
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }
}
