import type { Http2Error } from "./errors.ts";
import type { Goaway } from "./frame/mod.ts";
import type { HeaderList } from "./header_list.ts";
import type { Http2Connection, Http2Stream, ResetOrigin } from "./http2_connection.ts";

/**
 * What a connection tells its owner. One handler can serve any number of connections.
 *
 * Calls come from within `receive()`, `sent()`, `tick()` and the methods of streams, and may call the
 * connection and its streams again, but not `receive()`. They should not throw: that ends the connection.
 */
export interface ConnectionHandler<User> {
  /**
   * A header section: on a server the request, and the first that is heard of the stream; on a client
   * the response, after any interim ones (status 1xx).
   */
  onHeaders(stream: Http2Stream<User>, headers: HeaderList, endStream: boolean): void;
  /**
   * DATA: the bytes from `start` to `end` of a buffer that is the owner's again after the call. They are
   * held against the windows until `stream.consume()`.
   */
  onData(
    stream: Http2Stream<User>,
    bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void;
  /** The trailer section, which ends the peer's side of the stream. */
  onTrailers(stream: Http2Stream<User>, trailers: HeaderList): void;
  /** The stream was ended before its time, but not by `stream.reset()`. `onStreamClosed` follows. */
  onReset(stream: Http2Stream<User>, errorCode: number, origin: ResetOrigin): void;
  /** The last that is heard of a stream, once for each. */
  onStreamClosed(stream: Http2Stream<User>): void;
  /** A stream whose `sendData()` gave false takes more again. */
  onWritable(stream: Http2Stream<User>): void;
  /** The peer's SETTINGS have come, which may allow for more streams. */
  onSettings(connection: Http2Connection<User>): void;
  /** A PING has come and was answered. */
  onPing(connection: Http2Connection<User>): void;
  /** The peer will process no streams but those up to one. No new ones can be opened. */
  onGoaway(connection: Http2Connection<User>, goaway: Goaway): void;
  /**
   * The connection is over: with an error, which says why, or after a drain without one. What is in the
   * output is still to be sent, and then the transport to be closed.
   */
  onEnd(connection: Http2Connection<User>, error: Http2Error | undefined): void;
}
