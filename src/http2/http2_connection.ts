import type { Http2Error } from "./errors.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import type { LimitName } from "./limits.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import type { StreamState } from "./stream_state.ts";

/** Who ended a stream before its time. */
export type ResetOrigin =
  /** The peer, with RST_STREAM. */
  | "peer"
  /** This side, for a fault of the peer in this stream. */
  | "local"
  /** The peer said in GOAWAY that it has not processed the stream: it can be tried elsewhere. */
  | "unprocessed"
  /** This side: for `stallTimeout` the peer kept the stream's window closed to DATA that waited. */
  | "stalled"
  /** The connection is gone, and the stream with it. */
  | "connection";

/**
 * A stream, as its owner sees it. On a stream that is closed every method does nothing: it may have been
 * reset an instant ago.
 */
export interface Http2Stream<User> {
  readonly id: number;
  readonly connection: Http2Connection<User>;
  /** For the owner: what it needs to find with the stream. */
  user: User | undefined;
  readonly state: StreamState;
  /** Bytes of DATA that flow control, or a full output, holds back. */
  readonly queuedBytes: number;

  /**
   * Sends a header section: the response of a server, or with `endStream` the trailers of either side
   * (which wait for the DATA before them).
   *
   * @param extra fields that follow the prepared ones: name, value, name, value, …
   * @throws {Http2Error} INTERNAL_ERROR for a field that may not be sent, a list over the peer's
   *   SETTINGS_MAX_HEADER_LIST_SIZE, and after the end of our side
   */
  sendHeaders(headers: PreparedHeaders, extra?: readonly string[], endStream?: boolean): void;

  /**
   * Sends DATA. The bytes are copied: the caller may use their buffer again.
   *
   * @returns whether to go on; false says to wait for `onWritable`. The bytes are accepted in both cases
   * @throws {Http2Error} INTERNAL_ERROR after the end of our side; ENHANCE_YOUR_CALM with the limit
   *   `maxQueuedBytes` when the connection's queues are full. The stream is then as it was before
   */
  sendData(bytes: Uint8Array, endStream?: boolean): boolean;

  /** Sends `prefix` and `bytes` as one piece of DATA: a message behind its length. */
  sendPrefixed(prefix: Uint8Array, bytes: Uint8Array, endStream?: boolean): boolean;

  /** Ends the stream with RST_STREAM. What is queued is dropped; `onStreamClosed` follows. */
  reset(errorCode: number): void;

  /**
   * Tells the peer, as soon as our side of the stream has ended, that the rest of its side is not needed:
   * RST_STREAM with NO_ERROR (RFC 9113 section 8.1). Without effect where its side has ended.
   */
  stopPeer(): void;

  /**
   * Grants the peer `size` bytes again, of those that `onData` handed out: the flow control of RFC 9113
   * section 5.2. Bytes of a stream that closes are granted without it.
   */
  consume(size: number): void;
}

/**
 * The life of a connection. The drain is that of RFC 9113 section 6.8: a first GOAWAY that names every
 * stream, a round trip for those that are on their way, then the GOAWAY that names the last one.
 *
 *     open --drain()--> announced --PING answered, or drain() again--> draining
 *       |                   |                                             | last stream closed
 *       '-------------------+----------- error, disconnect() -------------+----> closed
 */
export type ConnectionPhase =
  | { readonly kind: "open" }
  | { readonly kind: "announced" }
  | { readonly kind: "draining"; readonly lastStreamId: number }
  | { readonly kind: "closed"; readonly error: Http2Error | undefined };

/** What a connection counts. */
export interface ConnectionStatistics {
  bytesReceived: number;
  framesReceived: number;
  streamsOpened: number;
  /** Streams that the peer has reset. */
  resetsReceived: number;
  /** Streams that this side has reset or refused. */
  resetsSent: number;
  /** The limit whose crossing ended the connection. */
  limitCrossed: LimitName | undefined;
}

/**
 * An HTTP/2 connection (RFC 9113) without a socket and without a clock. The owner hands in what arrives
 * (`receive()`), sends what is in `output` and says so (`sent()`), and calls `tick()` about once a
 * second. All times are milliseconds of one clock that never goes back; whole ones take the least memory.
 */
export interface Http2Connection<User> {
  /** For the owner: what it needs to find with the connection. */
  user: unknown;
  readonly phase: ConnectionPhase;
  /** Whether all is over but the sending of `output`. */
  readonly closed: boolean;
  readonly statistics: Readonly<ConnectionStatistics>;
  /** The frames that wait for the transport. Send them, then say so to `sent()`. */
  readonly output: OutputBuffer;
  /** Streams that are not closed. */
  readonly streamCount: number;
  /** Bytes of DATA that wait for the peer's windows, or for room in `output`. */
  readonly queuedBytes: number;
  /** Bytes of memory that everything takes that waits to be sent: `output`, DATA, headers, trailers. */
  readonly unsentBytes: number;

  /**
   * Takes bytes that have arrived, those from `start` to `end` of a buffer that stays the owner's. What
   * is wrong with them never throws: it ends the stream or the connection.
   */
  receive(bytes: Uint8Array, now: number, start?: number, end?: number): void;

  /** The transport has taken `size` bytes of `output`. */
  sent(size: number, now: number): void;

  /** Looks at the time: ends a connection whose peer is too slow. To be called about once a second. */
  tick(now: number): void;

  /** The streams that are not closed, in the order of their opening. */
  openStreams(): Iterable<Http2Stream<User>>;

  /**
   * Sends a PING.
   *
   * @param onAck called with the time at which the answer has come
   * @returns false where `maxPendingPings` are without an answer already
   */
  ping(onAck: (now: number) => void): boolean;

  /**
   * Begins to end the connection without loss: streams that are open or on their way are served, new
   * ones are not. A second call skips the round trip that those on their way are given.
   */
  drain(): void;

  /** Ends the connection at once, with a GOAWAY that gives the reason; `debugData` is ASCII. */
  close(errorCode: number, debugData?: string): void;

  /** The transport is gone: ends what is open, and drops the output. */
  disconnect(): void;
}

/** The client's side of a connection. */
export interface Http2ClientConnection<User> extends Http2Connection<User> {
  /** The number of streams that can be opened now: 0 for good once the connection drains. */
  readonly availableStreams: number;

  /**
   * Sends a request.
   *
   * @param extra fields that follow the prepared ones: name, value, name, value, …
   * @param user what `stream.user` is to be
   * @returns the stream, or undefined where none is available
   * @throws {Http2Error} as `Http2Stream.sendHeaders()`; no stream is opened then
   */
  openStream(
    headers: PreparedHeaders,
    extra?: readonly string[],
    endStream?: boolean,
    user?: User,
  ): Http2Stream<User> | undefined;
}
