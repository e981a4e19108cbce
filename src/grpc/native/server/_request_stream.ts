import { RpcError } from "../../contract/mod.ts";
import { RequestReader } from "./_request_reader.ts";
import type { Thread } from "./_thread.ts";
import { PREFIX_LENGTH } from "../mod.ts";

/** A request that its handler has not asked for yet. */
interface Waiting {
  readonly message: Uint8Array;
  /** Whether it came so. */
  readonly compressed: boolean;
  /** What it took on the wire, which the peer may send again once it is read. */
  readonly wireBytes: number;
}

/** How a stream of requests ends: not yet, well, or with what is thrown to its reader. */
type Ending =
  | { readonly kind: "open" }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: unknown };

type Waiter = PromiseWithResolvers<IteratorResult<unknown>>;

const OPEN: Ending = { kind: "open" };
const DONE: IteratorResult<unknown> = { done: true, value: undefined };

/**
 * The requests of a call as its handler reads them. The peer may send as much as has been read, and the
 * rest of the message that the handler waits for: so a handler that is slow slows the peer.
 */
export class RequestStream implements AsyncIterableIterator<unknown> {
  readonly #thread: Pick<Thread, "heldBytes" | "limits">;
  readonly #reader: RequestReader;
  readonly #deserialize: (message: Uint8Array, compressed: boolean) => unknown;
  readonly #grant: (bytes: number) => void;
  #queue: Waiting[] = [];
  /** Bytes that came, less those that the peer was granted again. */
  #ungranted = 0;
  #queuedWireBytes = 0;
  #queuedBytes = 0;
  #ending: Ending = OPEN;
  #waiters: Waiter[] = [];

  /**
   * @param grant lets the peer send that many bytes more
   * @param deserialize makes a request of a message, which came compressed or not, when its turn comes;
   *   its errors are the reader's
   */
  constructor(
    thread: Pick<Thread, "heldBytes" | "limits">,
    encoding: string | undefined,
    grant: (bytes: number) => void,
    deserialize: (message: Uint8Array, compressed: boolean) => unknown,
  ) {
    this.#thread = thread;
    this.#reader = new RequestReader(thread, encoding);
    this.#grant = grant;
    this.#deserialize = deserialize;
  }

  /**
   * Takes bytes of the request.
   *
   * @throws {RpcError} as `RequestReader.push()`
   */
  push(bytes: Uint8Array, start: number, end: number): void {
    this.#ungranted += end - start;
    this.#reader.push(bytes, start, end, (message, framedBytes, compressed) => {
      this.#queue.push({ message, compressed, wireBytes: framedBytes + PREFIX_LENGTH });
      this.#queuedWireBytes += framedBytes + PREFIX_LENGTH;
      this.#queuedBytes += message.length;
      this.#thread.heldBytes += message.length;
    });
    this.#serve();
  }

  /**
   * The request has ended: who reads gets to its end.
   *
   * @throws {RpcError} INTERNAL when it ends within a message
   */
  end(): void {
    this.#reader.end();
    this.close();
  }

  /** The call is over: nothing more is read. What is there already is dropped when `error` is given. */
  close(error?: unknown): void {
    if (this.#ending.kind !== "open") return;
    this.#ending = error === undefined ? { kind: "done" } : { kind: "failed", error };
    this.#serve();
  }

  /** Drops what is there, and ends. */
  release(): void {
    this.#reader.release();
    this.#thread.heldBytes -= this.#queuedBytes;
    this.#queuedBytes = 0;
    this.#queuedWireBytes = 0;
    this.#queue = [];
    this.close();
  }

  next(): Promise<IteratorResult<unknown>> {
    const waiter: Waiter = Promise.withResolvers();
    this.#waiters.push(waiter);
    this.#serve();
    return waiter.promise;
  }

  /** The handler stops reading. */
  return(): Promise<IteratorResult<unknown>> {
    this.#ending = { kind: "done" };
    this.release();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Gives those who wait what is there. */
  #serve(): void {
    while (this.#waiters.length > 0) {
      if (this.#queue.length > 0) this.#hand(this.#waiters.shift()!, this.#queue.shift()!);
      else if (this.#ending.kind === "open") break;
      else this.#finish(this.#waiters.shift()!);
    }
    this.#grantRead();
  }

  #hand(waiter: Waiter, { message, compressed, wireBytes }: Waiting): void {
    this.#queuedWireBytes -= wireBytes;
    this.#queuedBytes -= message.length;
    this.#thread.heldBytes -= message.length;
    try {
      waiter.resolve({ done: false, value: this.#deserialize(message, compressed) });
    } catch (cause) {
      waiter.reject(new RpcError("INTERNAL", "Error deserializing request", { cause }));
    }
  }

  #finish(waiter: Waiter): void {
    if (this.#ending.kind === "failed") waiter.reject(this.#ending.error);
    else waiter.resolve(DONE);
  }

  /** What waits to be read is not granted, nor the beginning of a message behind it. */
  #grantRead(): void {
    const behind = this.#queue.length === 0 ? 0 : this.#reader.pendingBytes;
    const bytes = this.#ungranted - this.#queuedWireBytes - behind;
    if (bytes <= 0) return;
    this.#ungranted -= bytes;
    this.#grant(bytes);
  }
}
