/** The request messages of a streaming call. @module */
import { RpcError } from "../../mod.ts";
import { isOneMessage, PREFIX_LENGTH } from "../mod.ts";
import { decodedSize } from "./_decoded_size.ts";
import type { HeldBytes } from "./_held_bytes.ts";
import { RequestBytes, type RequestMessage } from "./_request_bytes.ts";

/** The end of a request: not reached, regular, or an error for its reader. */
type RequestEnd =
  | { readonly kind: "open" }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: unknown };

/** A pending `next()` of the handler. */
type PendingRead = PromiseWithResolvers<IteratorResult<unknown>>;

const OPEN: RequestEnd = { kind: "open" };
const DONE: IteratorResult<unknown> = { done: true, value: undefined };

/** The parts of a call that its request stream needs. */
export interface RequestStreamOptions {
  readonly held: HeldBytes;
  /** The value of `grpc-encoding`. */
  readonly encoding: string | undefined;
  readonly maxRequestBytes: number;
  /** Returns flow-control credit for that many bytes to the peer. */
  readonly grant: (bytes: number) => void;
  readonly deserialize: (message: RequestMessage) => unknown;
  /**
   * Calls `decode`, which decodes a large or compressed message: at once, or in the call's turn. Returns false when it
   * has to wait. Errors of `decode` end the call.
   */
  readonly decodeInTurn: (decode: () => void) => boolean;
}

/**
 * The request messages of a call as its handler reads them.
 *
 * A message is decompressed and decoded when the handler reads it, not before. Credit is returned for the bytes that
 * the handler has read, and for the message that it waits for. So a slow handler slows the peer, and unread messages
 * take at most a flow-control window of memory, whatever their decoded size.
 */
export class RequestStream implements AsyncIterableIterator<unknown> {
  readonly #options: RequestStreamOptions;
  readonly #bytes: RequestBytes;
  /** Bytes that arrived and for which no credit was returned. */
  #owedCredit = 0;
  #end: RequestEnd = OPEN;
  #reads: PendingRead[] = [];
  /** True while a message waits for the call's turn to be decoded. */
  #awaitsTurn = false;

  constructor(options: RequestStreamOptions) {
    this.#options = options;
    this.#bytes = new RequestBytes(options.held, options.encoding, options.maxRequestBytes);
  }

  /**
   * Takes bytes of the request.
   *
   * @throws {RpcError} as `RequestBytes.append()` and `take()`, and for a message that cannot be decoded
   */
  push(bytes: Uint8Array, start: number, end: number): void {
    this.#owedCredit += end - start;
    // The handler has stopped reading: the rest is dropped without returning credit, so that the peer stops.
    if (this.#end.kind !== "open") return;
    if (this.#canHandDirectly(bytes, start, end)) {
      const message = bytes.slice(start + PREFIX_LENGTH, end);
      this.#hand({ bytes: message, compressed: false, wireBytes: end - start });
      this.#returnCredit();
    } else {
      this.#bytes.append(bytes, start, end);
      this.#serve();
    }
  }

  /**
   * Marks the end of the request: the handler gets the remaining messages, then the end or `error`.
   *
   * @throws {RpcError} as `push()`; INTERNAL when the request ends within a message that the handler awaits
   */
  close(error?: unknown): void {
    if (this.#end.kind !== "open") return;
    this.#end = error === undefined ? { kind: "done" } : { kind: "failed", error };
    this.#serve();
  }

  /** Drops unread bytes, and ends the stream. */
  release(): void {
    this.#bytes.clear();
    if (this.#end.kind === "open") this.#end = { kind: "done" };
    // The turn is not given to a call that is over.
    this.#awaitsTurn = false;
    this.#serve();
  }

  next(): Promise<IteratorResult<unknown>> {
    const read: PendingRead = Promise.withResolvers();
    this.#reads.push(read);
    try {
      // The handler is done with the previous message.
      this.#options.held.setHandedOut(0);
      this.#serve();
    } catch (error) {
      this.#reject(error);
    }
    return read.promise;
  }

  /** Ends the reading: the handler reads no more messages. */
  return(): Promise<IteratorResult<unknown>> {
    this.#end = { kind: "done" };
    this.#options.held.setHandedOut(0);
    this.release();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #canHandDirectly(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#reads.length > 0 && this.#bytes.length === 0 && isOneMessage(bytes, start, end) &&
      end - start - PREFIX_LENGTH <= this.#options.maxRequestBytes;
  }

  /** Resolves pending reads for which there is a complete message, or the end. */
  #serve(): void {
    while (this.#reads.length > 0 && !this.#awaitsTurn) {
      if (this.#bytes.isLight || !this.#bytes.hasMessage) {
        if (!this.#serveRead()) break;
      } else if (!this.#options.decodeInTurn(() => this.#serveInTurn())) {
        this.#awaitsTurn = true;
      }
    }
    this.#returnCredit();
  }

  #serveInTurn(): void {
    this.#awaitsTurn = false;
    if (this.#reads.length > 0) this.#serveRead();
    this.#serve();
  }

  /** Resolves the next pending read. Returns false while there is no complete message. */
  #serveRead(): boolean {
    const message = this.#bytes.take();
    if (message !== undefined) this.#hand(message);
    else if (this.#end.kind === "open") return false;
    else if (this.#end.kind === "failed") this.#reads.shift()!.reject(this.#end.error);
    else if (this.#bytes.length > 0) {
      this.#bytes.clear();
      throw new RpcError("INTERNAL", "Received request that ends within a message");
    } else this.#reads.shift()!.resolve(DONE);
    return true;
  }

  #hand(message: RequestMessage): void {
    const { held, deserialize } = this.#options;
    const value = deserialize(message);
    held.setHandedOut(message.bytes.buffer.byteLength + decodedSize(value));
    this.#reads.shift()!.resolve({ done: false, value });
  }

  #reject(error: unknown): void {
    for (const read of this.#reads.splice(0)) read.reject(error);
  }

  /** Returns credit, except for bytes that wait while the handler does not read. */
  #returnCredit(): void {
    const unread = this.#reads.length > 0 && !this.#awaitsTurn ? 0 : this.#bytes.length;
    const bytes = this.#owedCredit - unread;
    if (bytes <= 0) return;
    this.#owedCredit -= bytes;
    this.#options.grant(bytes);
  }
}
