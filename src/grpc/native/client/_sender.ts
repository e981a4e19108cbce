import type { Http2Stream } from "../../../http2/mod.ts";
import type { AnyMethod, StatusName } from "../../mod.ts";
import { MAX_REPLAY_BYTES } from "./_limits.ts";
import { type RequestSink, RequestSource } from "./_requests.ts";
import type { StreamUser } from "./_transport.ts";
import { compress, PREFIX_LENGTH, writePrefix } from "../mod.ts";

/** What a sender tells its call. */
export interface SenderOwner {
  /** Something was written into the stream. */
  onSent(): void;
  /** The one request of a unary call is there. */
  onRequest(): void;
  /** The requests cannot be sent: the call is to end so. */
  onUnsendable(code: StatusName, message: string, cause?: unknown): void;
}

/** A request as it is sent, however often. */
interface Outgoing {
  readonly bytes: Uint8Array;
  readonly compressed: boolean;
}

const prefix = new Uint8Array(PREFIX_LENGTH);
const NO_BYTES = new Uint8Array(0);

/**
 * The requests of a call on their way into its stream, or into another when that has to be left.
 */
export class RequestSender<I> implements RequestSink {
  readonly #method: AnyMethod;
  readonly #compresses: ((request: unknown) => boolean) | undefined;
  readonly #maxBytes: number;
  readonly #owner: SenderOwner;
  #source: RequestSource<I> | undefined;
  #stream: Http2Stream<StreamUser> | undefined;
  /** What was sent, as long as it can be sent again. */
  #sent: Outgoing[] | undefined = [];
  #sentBytes = 0;
  #finished = false;

  /**
   * @param compresses which requests are compressed; none without it
   * @param maxBytes of a request before that
   */
  constructor(
    method: AnyMethod,
    compresses: ((request: unknown) => boolean) | undefined,
    maxBytes: number,
    owner: SenderOwner,
  ) {
    this.#method = method;
    this.#compresses = compresses;
    this.#maxBytes = maxBytes;
    this.#owner = owner;
  }

  /** Whether all that was sent can be sent once more. */
  get canRepeat(): boolean {
    return this.#sent !== undefined;
  }

  /** Begins to take the requests. A stream of them is taken as there is a stream to send it on. */
  start(requests: Iterable<I> | AsyncIterable<I>): void {
    if (this.#method.requestStream) {
      this.#source = new RequestSource(requests, this);
      this.#owner.onRequest();
    } else if (Symbol.iterator in requests) {
      // Without a promise: this is the way of nearly every call.
      this.#takeOnly([...requests]);
    } else {
      Array.fromAsync(requests).then((all) => this.#takeOnly(all), (cause) => this.fail(cause));
    }
  }

  /** Sends on a stream what was sent before on another, and goes on from there. */
  attach(stream: Http2Stream<StreamUser>): void {
    this.#stream = stream;
    let room = true;
    for (const message of this.#sent ?? []) {
      const last = this.#finished && message === this.#sent!.at(-1);
      room = this.#write(message, last);
    }
    if (this.#finished && this.#sent?.length === 0) this.finish();
    if (room) this.#source?.resume();
  }

  /** The stream is left: another will come. */
  detach(): void {
    this.#stream = undefined;
  }

  /** The stream takes more. */
  resume(): void {
    this.#source?.resume();
  }

  /** The answer has begun: nothing is sent again. */
  commit(): void {
    this.#sent = undefined;
  }

  /** The call is over. */
  stop(): void {
    this.#stream = undefined;
    this.#sent = undefined;
    this.#source?.stop();
  }

  take(request: unknown): boolean {
    const message = this.#prepare(request);
    if (message === undefined) return false;
    this.#keep(message);
    // Without a stream it is kept, and sent on the next.
    return this.#stream !== undefined && this.#write(message, false);
  }

  finish(): void {
    this.#finished = true;
    this.#stream?.sendData(NO_BYTES, true);
    this.#owner.onSent();
  }

  fail(cause: unknown): void {
    this.#owner.onUnsendable("CANCELLED", "The requests ended in an error", cause);
  }

  #takeOnly(requests: readonly I[]): void {
    if (requests.length !== 1) {
      const problem = `${this.#method.path} takes one request, not ${requests.length}`;
      return this.#owner.onUnsendable("INVALID_ARGUMENT", problem);
    }
    const message = this.#prepare(requests[0]);
    if (message === undefined) return;
    this.#sent = [message];
    this.#finished = true;
    this.#owner.onRequest();
  }

  #keep(message: Outgoing): void {
    this.#sentBytes += message.bytes.length;
    if (this.#sentBytes > MAX_REPLAY_BYTES && this.#stream !== undefined) this.#sent = undefined;
    this.#sent?.push(message);
  }

  #write({ bytes, compressed }: Outgoing, last: boolean): boolean {
    const head = writePrefix(prefix, bytes.length, compressed);
    const room = this.#stream!.sendPrefixed(head, bytes, last);
    this.#owner.onSent();
    return room;
  }

  #prepare(request: unknown): Outgoing | undefined {
    let message: Uint8Array;
    let compressed: boolean;
    try {
      compressed = this.#compresses?.(request) ?? false;
      message = this.#method.requestSerialize(request);
    } catch (cause) {
      const problem = `Cannot write a request of ${this.#method.path}`;
      return void this.#owner.onUnsendable("INVALID_ARGUMENT", problem, cause);
    }
    if (message.length <= this.#maxBytes) {
      return { bytes: compressed ? compress(message) : message, compressed };
    }
    const problem = `Attempted to send message with a size larger than ${this.#maxBytes}`;
    return void this.#owner.onUnsendable("RESOURCE_EXHAUSTED", problem);
  }
}
