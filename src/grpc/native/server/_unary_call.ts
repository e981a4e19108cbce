/** Calls with one request and one response. @module */
import { asBuffer, RpcError, type UnaryHandler } from "../../mod.ts";
import type { CostClass, Work } from "../../scheduling/mod.ts";
import { isOneMessage, PREFIX_LENGTH } from "../mod.ts";
import { Call } from "./_call.ts";
import { decodedSize, ownedSize } from "./_decoded_size.ts";
import { keepLastCall } from "./_last_call.ts";
import { reuseMemory } from "./_request_bytes.ts";
import { SingleRequest } from "./_single_request.ts";

/** A decoded request of more bytes is handled before other work of its connection, so that only one of them waits. */
const MAX_WAITING_DECODED = 65_536;

type AnyUnary = UnaryHandler<unknown, unknown>;

/**
 * A call with one request and one response.
 *
 * ```text
 * request arrives ── large or compressed ──▶ waits to be decoded ─┐
 *        └── else, decoded at once ──▶ decoded ◀──────────────────┘
 *                                        ├── cheap ──────▶ handled at once
 *                                        └── expensive ──▶ waits to be handled ──▶ handled
 * ```
 *
 * Decoding and handling are separate pieces of work, so that neither keeps the thread for long. A large request is
 * handled before others of its connection are decoded: all of them would take up to three times the memory.
 *
 * While its connection is full of unread responses, a call waits before its handler runs, and the response of an
 * asynchronous handler waits before it is sent. Both are counted as held bytes meanwhile, and the call's deadline applies.
 */
export class UnaryCall extends Call implements Work {
  /** The request, when it does not come as one frame. */
  #incoming: SingleRequest | undefined = undefined;
  /** Memory of the bytes that the request was decoded from. */
  #messageBytes = 0;
  /** The cost class of the next step: decoding, or the handler. */
  #costClass: CostClass | undefined = undefined;
  #request: unknown = undefined;
  /** The memory of which the request has views. */
  #memory: Uint8Array<ArrayBuffer> | undefined = undefined;
  #isComplete = false;
  #isDecoded = false;
  /** True from when the handler has returned a promise until that is settled. */
  #isAsync = false;
  /** The response of that promise, while the connection is full. */
  #response: { readonly value: unknown } | undefined = undefined;

  get pieceMs(): number {
    return this.#costClass?.expectedMs ?? this.thread.limits.cheapCallMs;
  }

  get expectedMs(): number {
    return this.pieceMs;
  }

  get isFirst(): boolean {
    return this.#isDecoded && this.#messageBytes > MAX_WAITING_DECODED;
  }

  protected override get awaitsRequest(): boolean {
    return !this.#isComplete;
  }

  override start(): void {}

  override receive(bytes: Uint8Array, start: number, end: number, last: boolean): void {
    // Held bytes have their own limit, so the peer may continue to send.
    this.stream.consume(end - start);
    if (this.over) return;
    const { maxRequestBytes } = this.thread.limits;
    if (
      last && this.#incoming === undefined && isOneMessage(bytes, start, end) &&
      end - start - PREFIX_LENGTH <= maxRequestBytes
    ) {
      return this.#dispatch(bytes, start + PREFIX_LENGTH, end);
    }
    this.guard(() => {
      const { held, head, method } = this;
      this.#incoming ??= new SingleRequest(held, head.encoding, maxRequestBytes, method);
      this.#incoming.push(bytes, start, end);
      if (last) this.receiveEnd();
    });
  }

  override receiveEnd(): void {
    if (this.over) return;
    this.#isComplete = true;
    this.guard(() => {
      const { held, head, method, thread, connection } = this;
      this.#incoming ??= new SingleRequest(held, head.encoding, 0, method);
      this.#costClass = this.target.decoding;
      if (connection.full) connection.awaitRoom(this);
      else if (this.#incoming.isLight || thread.mayRunNow(connection.lane, this.#costClass)) {
        this.#takeRequest();
      } else this.#enqueue();
    });
  }

  override writable(): void {}

  /** Runs the next step of the call in its turn. */
  run(): boolean {
    const { thread } = this;
    thread.lap();
    if (this.due !== Infinity && this.due <= thread.clock()) {
      this.onDeadline();
      return false;
    }
    if (this.connection.full) {
      this.connection.awaitRoom(this);
      return false;
    }
    if (!this.#isDecoded) {
      this.guard(() => this.#decodeIncoming());
      this.target.decoding.record(thread.lap());
      if (!this.over && this.pieceMs > thread.limits.cheapCallMs) return true;
    }
    if (this.over) return false;
    this.held.setBuffered(0);
    this.#handle(this.#request);
    return false;
  }

  drop(): void {}

  onRoom(): void {
    const response = this.#response;
    if (response !== undefined) {
      this.#response = undefined;
      this.guard(() => this.#answer(response.value));
    } else if (this.#isDecoded) this.#handleOrWait();
    else this.receiveEnd();
  }

  takeRequestMemory(): ArrayBuffer | undefined {
    const buffer = this.#memory?.buffer;
    this.#memory = undefined;
    return buffer;
  }

  returnRequestMemory(memory: ArrayBuffer): void {
    this.#memory = new Uint8Array(memory);
  }

  protected override release(): void {
    this.#incoming?.release();
    this.#request = undefined;
    this.#response = undefined;
    // A handler may read the request until its promise is settled.
    if (!this.#isAsync) this.#reuseMemory();
  }

  #reuseMemory(): void {
    if (this.#memory !== undefined) reuseMemory(this.#memory);
    this.#memory = undefined;
  }

  /** Decodes the request in `#incoming`, and handles it or queues it. */
  #takeRequest(): void {
    const { isLight } = this.#incoming!;
    this.#decodeIncoming();
    if (!isLight) this.target.decoding.record(this.thread.lap());
    this.#handleOrWait();
  }

  #decodeIncoming(): void {
    const { bytes, memory, compressed } = this.#incoming!.end();
    this.requestCompressed = compressed;
    this.#memory = memory;
    this.#decode(bytes);
    this.held.setBuffered(this.#sizeOf(this.#request));
  }

  /** Decodes a message that is complete in the read buffer, and handles it or queues it. */
  #dispatch(bytes: Uint8Array, start: number, end: number): void {
    this.#isComplete = true;
    try {
      this.#request = this.target.deserializePart(bytes, start, end);
    } catch (cause) {
      return this.fail(malformed(cause));
    }
    this.#decoded(end - start, end - start);
    this.#handleOrWait();
  }

  /** @throws {RpcError} INTERNAL */
  #decode(message: Uint8Array): void {
    try {
      this.#request = this.target.deserialize(asBuffer(message));
    } catch (cause) {
      throw malformed(cause);
    }
    this.#decoded(message.length, message.buffer.byteLength);
  }

  /** @param memory bytes that the request may keep alive, besides its objects */
  #decoded(length: number, memory: number): void {
    this.#isDecoded = true;
    this.#messageBytes = memory;
    this.#costClass = this.target.costClassOf(this.#request, length, this);
  }

  #waitForRoom(): void {
    this.guard(() => {
      this.held.setBuffered(this.#sizeOf(this.#request));
      this.connection.awaitRoom(this);
    });
  }

  #handleOrWait(): void {
    const { thread, connection: { lane, full } } = this;
    if (full) return this.#waitForRoom();
    if (thread.mayRunNow(lane, this.#costClass!)) return lane.charge(this.#handle(this.#request));
    // In place of `guard()`, whose argument V8 would allocate for each queued call.
    try {
      this.held.setBuffered(this.#sizeOf(this.#request));
      this.#enqueue();
    } catch (error) {
      this.fail(error);
    }
  }

  /** @throws {RpcError} RESOURCE_EXHAUSTED */
  #enqueue(): void {
    const { thread, connection: { lane } } = this;
    const refusal = thread.work.push(lane, this, thread.now);
    if (refusal !== undefined) throw refusal;
  }

  #sizeOf(request: unknown): number {
    return this.#messageBytes + decodedSize(request);
  }

  /** Runs the handler. Returns the milliseconds that the call has taken, which are an estimate for most cheap calls. */
  #handle(request: unknown): number {
    const costClass = this.#costClass!;
    const isMeasured = this.thread.measures(costClass);
    this.isShort = !isMeasured;
    try {
      const answer = (this.target.handler as AnyUnary).handle(request, this);
      if (answer instanceof Promise) this.#await(answer, request);
      else this.#answer(answer);
      keepLastCall(this, request, this.#messageBytes);
    } catch (error) {
      // A call that fails may take far less than its cost class does: it is not measured.
      this.fail(error);
      return this.thread.lap();
    }
    const { meter } = this.target;
    if (!isMeasured) {
      meter?.estimated(costClass.meanMs!);
      return costClass.meanMs!;
    }
    const ms = this.thread.lap();
    costClass.record(ms);
    if (!this.#isAsync) meter?.measured(ms, this.head.sampledTrace);
    return ms;
  }

  #answer(response: unknown): void {
    if (this.over) return;
    this.sendMessage(response);
    this.finish();
  }

  /** Sends the response of an asynchronous handler, once the connection has room. */
  #answerLater(response: unknown): void {
    if (this.over || !this.connection.full) return this.#answer(response);
    this.#response = { value: response };
    this.held.setBuffered(ownedSize(response));
    this.connection.awaitRoom(this);
  }

  #await(answer: Promise<unknown>, request: unknown): void {
    this.beginAsync();
    this.#isAsync = true;
    const began = this.thread.clock();
    answer.then(
      (response) => {
        this.target.meter?.measured(this.thread.clock() - began, this.head.sampledTrace);
        this.guard(() => this.#answerLater(response));
      },
      (error) => this.fail(error),
    ).finally(() => {
      this.#isAsync = false;
      // A response that waits may have views of the request.
      if (this.#response === undefined) this.#reuseMemory();
      this.endAsync();
    });
    if (this.over) return;
    this.guard(() => {
      this.held.setBuffered(0);
      this.held.setHandedOut(this.#sizeOf(request));
    });
  }
}

function malformed(cause: unknown): RpcError {
  return new RpcError("INTERNAL", "Error deserializing request", { cause });
}
