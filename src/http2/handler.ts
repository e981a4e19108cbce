/** The interface by which an application handles the events of connections. @module */
import type { Http2Error } from "./errors.ts";
import type { Goaway } from "./frame/mod.ts";
import type { HeaderList } from "./header_list.ts";
import type { Http2Connection, Http2Stream, ResetOrigin } from "./http2_connection.ts";

/**
 * The events of connections, as the application handles them. One handler can serve any number of connections.
 *
 * The methods are called within `receive()`, `sent()`, `tick()` and the methods of streams. They may call
 * methods of the connection and its streams except `receive()`. An exception ends the connection.
 */
export interface ConnectionHandler<User> {
  /**
   * A header section has arrived: on a server the request, with which the stream begins; on a client the
   * response, or an interim one (status 1xx) before it.
   */
  onHeaders(stream: Http2Stream<User>, headers: HeaderList, endStream: boolean): void;
  /**
   * DATA has arrived: the bytes from `start` to `end` of a buffer that is only valid during the call. They
   * count against the windows until `stream.consume()`.
   */
  onData(
    stream: Http2Stream<User>,
    bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void;
  /** The trailer section has arrived, which ends the peer's side of the stream. */
  onTrailers(stream: Http2Stream<User>, trailers: HeaderList): void;
  /** The stream was ended early, otherwise than by `stream.reset()`. `onStreamClosed` follows. */
  onReset(stream: Http2Stream<User>, errorCode: number, origin: ResetOrigin): void;
  /** The stream is closed: the last event of each stream. */
  onStreamClosed(stream: Http2Stream<User>): void;
  /** The queue of a stream whose `sendData()` returned false has room again. */
  onWritable(stream: Http2Stream<User>): void;
  /**
   * The output is full within the DATA of a stream, and no other output is queued. If the application sends output at
   * once and calls `sent()`, the rest of the DATA is not copied to the stream's queue. No other method may be called.
   */
  onFull?(stream: Http2Stream<User>): void;
  /** SETTINGS of the peer have arrived, which may allow more streams. */
  onSettings(connection: Http2Connection<User>): void;
  /** A PING of the peer has arrived and was answered. */
  onPing(connection: Http2Connection<User>): void;
  /** GOAWAY has arrived: the peer processes no streams above `goaway.lastStreamId`, and no new ones. */
  onGoaway(connection: Http2Connection<User>, goaway: Goaway): void;
  /**
   * The connection is closed: with an error, or without one after a drain. The application sends the rest of
   * `output` and closes the transport.
   */
  onEnd(connection: Http2Connection<User>, error: Http2Error | undefined): void;
}
