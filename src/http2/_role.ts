import type { Lifecycle } from "./_lifecycle.ts";
import type { Stream } from "./_stream.ts";
import type { Streams } from "./_streams.ts";
import type { Goaway, Setting } from "./frame/mod.ts";
import type { HeaderList } from "./header_list.ts";
import type { Limits } from "./limits.ts";

/** The behaviour in which the client's and the server's side of a connection differ. */
export interface Role {
  /** Bytes that precede our SETTINGS. */
  readonly preface: Uint8Array;
  /** The first stream that this side could open. */
  readonly firstStreamId: number;
  /** SETTINGS besides those of both sides. */
  settings(limits: Limits): readonly Setting[];
  /**
   * Takes the octets of the peer's preface.
   *
   * @returns the place at which frames begin
   * @throws {Http2Error} PROTOCOL_ERROR
   */
  receivePreface(bytes: Uint8Array, start: number, end: number): number;
  /** @throws {Http2Error} PROTOCOL_ERROR for a SETTINGS_ENABLE_PUSH that the peer may not send */
  checkEnablePush(value: number): void;
  /**
   * Takes a header section on an idle stream.
   *
   * @param list null when it is larger than the limit
   * @throws {Http2Error} of the stream or of the connection
   */
  receiveOpening<User>(
    streams: Streams<User>,
    id: number,
    list: HeaderList | null,
    endStream: boolean,
  ): void;
  /**
   * Takes a header section on a stream that is open to the peer.
   *
   * @throws {Http2Error} of the stream
   */
  receiveHeaders<User>(
    streams: Streams<User>,
    stream: Stream<User>,
    list: HeaderList,
    endStream: boolean,
  ): void;
  /** Takes a GOAWAY, which was already reported to the application. */
  receiveGoaway<User>(streams: Streams<User>, lifecycle: Lifecycle<User>, goaway: Goaway): void;
}
