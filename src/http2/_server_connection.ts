import type { StreamRecord } from "./_stream_record.ts";
import type { Http2Config } from "./config.ts";
import { FrameConnection, listTooLarge } from "./_frame_connection.ts";
import { ErrorCode } from "./error_codes.ts";
import { connectionError, streamError } from "./errors.ts";
import { type Goaway, SettingId } from "./frame/mod.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { HeaderList } from "./header_list.ts";
import { CLIENT_PREFACE } from "./preface.ts";

/** A server sends none (section 3.4). */
const NO_PREFACE = new Uint8Array(0);

/** The server's side of a connection. Its SETTINGS are in `output` from the beginning. */
export class ServerConnection<User> extends FrameConnection<User> {
  /** Octets of the preface that have come. */
  #prefaceLength = 0;

  constructor(config: Http2Config, handler: ConnectionHandler<User>, now: number) {
    super(config, handler, now, NO_PREFACE, [
      { id: SettingId.MAX_CONCURRENT_STREAMS, value: config.limits.maxConcurrentStreams },
    ]);
  }

  protected override receivePreface(bytes: Uint8Array, start: number, end: number): number {
    while (this.#prefaceLength < CLIENT_PREFACE.length && start < end) {
      // Section 3.4.
      if (bytes[start++] !== CLIENT_PREFACE[this.#prefaceLength++]) {
        throw connectionError("PROTOCOL_ERROR", "The connection does not begin with the preface");
      }
    }
    return start;
  }

  protected override onNewStream(id: number, list: HeaderList | null, endStream: boolean): void {
    // Section 5.1.1: the streams of a client are odd; that they rise is checked before.
    if (id % 2 === 0) throw connectionError("PROTOCOL_ERROR", "A client opens an even stream");
    this.lastPeerStreamId = id;
    if (this.phase.kind === "draining") return this.expectLate(id);
    if (list === null) throw listTooLarge(id);
    const fault = list.requestFault();
    if (fault !== "") throw streamError(id, "PROTOCOL_ERROR", fault);
    if (endStream && list.contentLength > 0) {
      throw streamError(id, "PROTOCOL_ERROR", "The content is shorter than content-length");
    }
    if (this.streams.size >= this.limits.maxConcurrentStreams) {
      // Section 5.1.2. REFUSED_STREAM tells that it can be tried again (section 8.7).
      this.rates.take("refusals", this.now);
      return this.writeReset(id, ErrorCode.REFUSED_STREAM);
    }
    const stream = this.addStream(id);
    stream.headersReceived = true;
    stream.expected = list.contentLength;
    if (endStream) this.remoteEnded(stream);
    this.handler.onHeaders(stream, list, endStream);
    if (endStream) this.closeIfEnded(stream);
  }

  protected override onMoreHeaders(
    stream: StreamRecord<User>,
    list: HeaderList,
    endStream: boolean,
  ): void {
    this.receiveTrailers(stream, list, endStream);
  }

  protected override checkEnablePush(value: number): void {
    // Section 6.5.2.
    if (value > 1) throw connectionError("PROTOCOL_ERROR", "SETTINGS_ENABLE_PUSH is not 0 or 1");
  }

  protected override isIdle(id: number): boolean {
    return id % 2 === 0 || id > this.lastPeerStreamId;
  }

  protected override onGoaway(goaway: Goaway): void {
    this.handler.onGoaway(this, goaway);
  }
}
