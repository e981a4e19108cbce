/** One stream of a connection. @module */
import type { SendQueue } from "./_send_queue.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import type { Http2Connection, Http2Stream } from "./http2_connection.ts";
import { ReceiveWindow } from "./receive_window.ts";
import { StreamState } from "./stream_state.ts";

/** The operations of a connection on one of its streams. `Streams` implements it. */
export interface StreamOperations<User> {
  readonly connection: Http2Connection<User>;
  sendHeaders(
    stream: Stream<User>,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
  ): void;
  sendData(
    stream: Stream<User>,
    prefix: Uint8Array,
    bytes: Uint8Array,
    endStream: boolean,
  ): boolean;
  reset(stream: Stream<User>, errorCode: number): void;
  stopPeer(stream: Stream<User>): void;
  consume(stream: Stream<User>, size: number): void;
}

const NO_BYTES = new Uint8Array(0);
const NO_FIELDS: readonly string[] = [];

/** The state of one stream, and the handle by which the application uses it. */
export class Stream<User> implements Http2Stream<User> {
  readonly id: number;
  user: User | undefined = undefined;
  state: StreamState = StreamState.OPEN;
  readonly receiveWindow: ReceiveWindow;
  /** Bytes that the peer lets us send; below 0 after it lowered its setting (RFC 9113 section 6.9.2). */
  sendWindow: number;
  /** Frames that wait; null when the next frame can be sent at once. */
  queue: SendQueue | null = null;
  /** True when the peer will be asked to stop its side as soon as ours has ended. */
  stopsPeer = false;
  /** True after `sendData()` returned false, until `onWritable`. */
  awaitsWritable = false;
  /** Bytes of content that `content-length` announced and that have not arrived, -1 without the field. */
  remainingContent = -1;
  /** True once the peer's header section has arrived; on a server always. */
  headersReceived = false;
  /** Interim (1xx) responses that have arrived. */
  interimResponses = 0;
  readonly #operations: StreamOperations<User>;

  constructor(
    id: number,
    operations: StreamOperations<User>,
    sendWindow: number,
    receiveWindow: number,
  ) {
    this.id = id;
    this.#operations = operations;
    this.sendWindow = sendWindow;
    this.receiveWindow = new ReceiveWindow(receiveWindow);
  }

  get connection(): Http2Connection<User> {
    return this.#operations.connection;
  }

  get queuedBytes(): number {
    return this.queue === null ? 0 : this.queue.length;
  }

  sendHeaders(headers: PreparedHeaders, extra = NO_FIELDS, endStream = false): void {
    this.#operations.sendHeaders(this, headers, extra, endStream);
  }

  sendData(bytes: Uint8Array, endStream = false): boolean {
    return this.#operations.sendData(this, NO_BYTES, bytes, endStream);
  }

  sendPrefixed(prefix: Uint8Array, bytes: Uint8Array, endStream = false): boolean {
    return this.#operations.sendData(this, prefix, bytes, endStream);
  }

  reset(errorCode: number): void {
    this.#operations.reset(this, errorCode);
  }

  stopPeer(): void {
    this.#operations.stopPeer(this);
  }

  consume(size: number): void {
    this.#operations.consume(this, size);
  }
}
