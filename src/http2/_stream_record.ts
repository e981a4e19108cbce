import type { SendQueue } from "./_send_queue.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import type { Http2Connection, Http2Stream } from "./http2_connection.ts";
import { ReceiveWindow } from "./receive_window.ts";
import { StreamState } from "./stream_state.ts";

/** What a stream needs of its connection. */
export interface StreamOwner<User> extends Http2Connection<User> {
  sendHeaders(
    stream: StreamRecord<User>,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
  ): void;
  sendData(
    stream: StreamRecord<User>,
    prefix: Uint8Array,
    bytes: Uint8Array,
    endStream: boolean,
  ): boolean;
  resetStream(stream: StreamRecord<User>, errorCode: number): void;
  stopPeer(stream: StreamRecord<User>): void;
  consume(stream: StreamRecord<User>, size: number): void;
}

const NO_BYTES = new Uint8Array(0);
const NO_FIELDS: readonly string[] = [];

/** A stream with all that its connection knows of it. */
export class StreamRecord<User> implements Http2Stream<User> {
  readonly id: number;
  user: User | undefined = undefined;
  state: StreamState = StreamState.OPEN;
  readonly receiveWindow: ReceiveWindow;
  /** Bytes that the peer lets us send; below 0 after it lowered its setting (RFC 9113 section 6.9.2). */
  sendWindow: number;
  /** Frames that wait; null when the next frame can be sent at once. */
  queue: SendQueue | null = null;
  /** Whether the peer is told to stop its side as soon as ours has ended. */
  stopsPeer = false;
  /** Whether `sendData()` has asked the owner to wait for `onWritable`. */
  awaited = false;
  /** Bytes that the content-length still promises, -1 for no promise. */
  expected = -1;
  /** Whether the peer's header section has come: a request's always has. */
  headersReceived = false;
  /** Interim responses so far. */
  interim = 0;
  readonly #owner: StreamOwner<User>;

  constructor(id: number, owner: StreamOwner<User>, sendWindow: number, receiveWindow: number) {
    this.id = id;
    this.#owner = owner;
    this.sendWindow = sendWindow;
    this.receiveWindow = new ReceiveWindow(receiveWindow);
  }

  get connection(): Http2Connection<User> {
    return this.#owner;
  }

  get queuedBytes(): number {
    return this.queue === null ? 0 : this.queue.length;
  }

  sendHeaders(headers: PreparedHeaders, extra = NO_FIELDS, endStream = false): void {
    this.#owner.sendHeaders(this, headers, extra, endStream);
  }

  sendData(bytes: Uint8Array, endStream = false): boolean {
    return this.#owner.sendData(this, NO_BYTES, bytes, endStream);
  }

  sendPrefixed(prefix: Uint8Array, bytes: Uint8Array, endStream = false): boolean {
    return this.#owner.sendData(this, prefix, bytes, endStream);
  }

  reset(errorCode: number): void {
    this.#owner.resetStream(this, errorCode);
  }

  stopPeer(): void {
    this.#owner.stopPeer(this);
  }

  consume(size: number): void {
    this.#owner.consume(this, size);
  }
}
