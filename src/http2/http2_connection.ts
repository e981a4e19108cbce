/** The interfaces by which an application uses connections and streams. @module */
import type { Http2Error } from "./errors.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import type { StreamState } from "./stream_state.ts";

/** The origin of a stream's early end. */
export type ResetOrigin =
  /** The peer, with RST_STREAM. */
  | "peer"
  /** This side, for an error of the peer in this stream. */
  | "local"
  /** The peer's GOAWAY: the stream was not processed, and its request can be sent again elsewhere. */
  | "unprocessed"
  /** This side: for `stallTimeout` the peer kept the stream's window closed to DATA that waited. */
  | "stalled"
  /** The end of the connection. */
  | "connection";

/**
 * A stream, as the application uses it. On a closed stream every method does nothing, because the peer may
 * have reset it just before.
 */
export interface Http2Stream<User> {
  readonly id: number;
  readonly connection: Http2Connection<User>;
  /** A value that the application attaches to the stream. */
  user: User | undefined;
  readonly state: StreamState;
  /** Bytes of DATA that wait for the peer's windows, or for room in the connection's output. */
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
   * @returns false when the application should wait for `onWritable` before it sends more. The bytes are
   *   accepted in both cases
   * @throws {Http2Error} INTERNAL_ERROR after the end of our side; ENHANCE_YOUR_CALM with the limit
   *   `maxQueuedBytes` when the connection's queues are full. The stream is then as it was before
   */
  sendData(bytes: Uint8Array, endStream?: boolean): boolean;

  /** Sends `prefix` and `bytes` as one piece of DATA: a message behind its length. */
  sendPrefixed(prefix: Uint8Array, bytes: Uint8Array, endStream?: boolean): boolean;

  /** Ends the stream with RST_STREAM. Its queue is dropped; `onStreamClosed` follows. */
  reset(errorCode: number): void;

  /**
   * Tells the peer, as soon as our side of the stream has ended, that the rest of its side is not needed:
   * RST_STREAM with NO_ERROR (RFC 9113 section 8.1). Has no effect when the peer's side has ended.
   */
  stopPeer(): void;

  /**
   * Returns flow-control credit (RFC 9113 section 5.2) for `size` bytes of DATA that the application has
   * consumed. Credit for the rest is returned when the stream closes.
   */
  consume(size: number): void;
}

/**
 * The phases of a connection. A drain follows RFC 9113 section 6.8: a first GOAWAY that accepts every stream,
 * a round trip for requests in flight, then a GOAWAY that names the last stream.
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

/** Counters of a connection. */
export interface ConnectionStatistics {
  framesReceived: number;
  /** Streams that either side has opened. */
  streamsOpened: number;
  /** Streams that this side has refused, because `maxConcurrentStreams` were open. */
  streamsRefused: number;
}

/**
 * An HTTP/2 connection (RFC 9113) without a socket and without a clock. The application passes received bytes
 * to `receive()`, sends the bytes of `output` and reports them to `sent()`, and calls `tick()` about once a
 * second. All times are milliseconds of one monotonic clock; whole numbers take the least memory.
 */
export interface Http2Connection<User> {
  /** A value that the application attaches to the connection. */
  user: unknown;
  readonly phase: ConnectionPhase;
  /** True once the connection has ended; bytes of `output` may still have to be sent. */
  readonly closed: boolean;
  readonly statistics: Readonly<ConnectionStatistics>;
  /** The frames that wait for the transport. The application sends them and calls `sent()`. */
  readonly output: OutputBuffer;
  /** Number of streams that are not closed. */
  readonly streamCount: number;
  /** Bytes of DATA that wait for the peer's windows, or for room in `output`. */
  readonly queuedBytes: number;
  /** Bytes of memory of all unsent frames: `output`, and queued DATA, headers and trailers. */
  readonly unsentBytes: number;

  /**
   * Takes received bytes: those from `start` to `end` of a buffer that the caller may use again. An error in
   * them ends the stream or the connection, and is never thrown.
   */
  receive(bytes: Uint8Array, now: number, start?: number, end?: number): void;

  /** Removes `size` bytes from `output`, which the transport has accepted. */
  sent(size: number, now: number): void;

  /** Checks the timeouts. To be called about once a second. */
  tick(now: number): void;

  /** A copy of the list of streams that are not closed, in no particular order. */
  openStreams(): Http2Stream<User>[];

  /**
   * Sends a PING.
   *
   * @param onAck is called when it is answered, with the time
   * @returns false when `maxPendingPings` are unanswered, or the connection is closed
   */
  ping(onAck: (now: number) => void): boolean;

  /**
   * Begins to drain the connection: streams that are open or in flight are served, new ones are ignored. A
   * second call skips the round trip for those in flight.
   */
  drain(): void;

  /** Ends the connection at once, with a GOAWAY; `debugData` is a reason in ASCII. */
  close(errorCode: number, debugData?: string): void;

  /** Ends the connection of a lost transport, and drops the output. */
  disconnect(): void;
}

/** The client's side of a connection. */
export interface Http2ClientConnection<User> extends Http2Connection<User> {
  /** Number of streams that can be opened now; 0 once the connection drains. */
  readonly availableStreams: number;

  /**
   * Sends a request.
   *
   * @param extra fields that follow the prepared ones: name, value, name, value, …
   * @param user the value of `stream.user`
   * @returns the stream, or undefined when none is available
   * @throws {Http2Error} as `Http2Stream.sendHeaders()`; no stream is opened then
   */
  openStream(
    headers: PreparedHeaders,
    extra?: readonly string[],
    endStream?: boolean,
    user?: User,
  ): Http2Stream<User> | undefined;
}
