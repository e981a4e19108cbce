import type { StreamRecord } from "./_stream_record.ts";
import type { Http2Config } from "./config.ts";
import { FrameConnection } from "./_frame_connection.ts";
import { ErrorCode } from "./error_codes.ts";
import { connectionError, streamError } from "./errors.ts";
import { describeForeign, foreignProtocol, OPENING_SIZE } from "./foreign.ts";
import { type Goaway, MAX_31_BITS, SettingId } from "./frame/mod.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { HeaderList } from "./header_list.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import type { Http2ClientConnection, Http2Stream } from "./http2_connection.ts";
import { CLIENT_PREFACE } from "./preface.ts";

/** The client's side of a connection. Its preface and SETTINGS are in `output` from the beginning. */
export class ClientConnection<User> extends FrameConnection<User>
  implements Http2ClientConnection<User> {
  #nextStreamId = 1;
  /** The first bytes from the server, and how many of them are here. */
  readonly #opening = new Uint8Array(OPENING_SIZE);
  #openingLength = 0;

  constructor(config: Http2Config, handler: ConnectionHandler<User>, now: number) {
    super(config, handler, now, CLIENT_PREFACE, [{ id: SettingId.ENABLE_PUSH, value: 0 }]);
  }

  get availableStreams(): number {
    if (this.phase.kind !== "open" || this.#nextStreamId > MAX_31_BITS) return 0;
    return Math.max(0, this.sender.peer.maxConcurrentStreams - this.streams.size);
  }

  openStream(
    headers: PreparedHeaders,
    extra: readonly string[] = [],
    endStream = false,
    user?: User,
  ): Http2Stream<User> | undefined {
    if (this.availableStreams === 0) return undefined;
    this.sender.checkFields(this.#nextStreamId, headers, extra);
    const stream = this.addStream(this.#nextStreamId);
    this.#nextStreamId += 2;
    stream.user = user;
    this.sender.writeHeaders(stream, headers, extra, endStream);
    return stream;
  }

  protected override receivePreface(bytes: Uint8Array, start: number, end: number): number {
    if (this.#openingLength < OPENING_SIZE) this.#checkOpening(bytes.subarray(start, end));
    return start;
  }

  #checkOpening(bytes: Uint8Array): void {
    const taken = bytes.subarray(0, OPENING_SIZE - this.#openingLength);
    this.#opening.set(taken, this.#openingLength);
    this.#openingLength += taken.length;
    const opening = this.#opening.subarray(0, this.#openingLength);
    const protocol = foreignProtocol(opening);
    if (protocol === undefined) return;
    throw connectionError("PROTOCOL_ERROR", describeForeign(protocol, opening));
  }

  protected override onNewStream(): void {
    // Section 5.1.1: a server opens streams by push only.
    throw connectionError("PROTOCOL_ERROR", "A server opens a stream");
  }

  protected override onMoreHeaders(
    stream: StreamRecord<User>,
    list: HeaderList,
    endStream: boolean,
  ): void {
    if (stream.headersReceived) return this.receiveTrailers(stream, list, endStream);
    const fault = list.responseFault();
    if (fault !== "") throw streamError(stream.id, "PROTOCOL_ERROR", fault);
    if (list.status < 200) {
      // Section 8.1: an interim response does not end a stream.
      if (endStream) {
        throw streamError(stream.id, "PROTOCOL_ERROR", "An interim response ends its stream");
      }
      if (++stream.interim > this.limits.maxInterimResponses) {
        throw streamError(stream.id, "ENHANCE_YOUR_CALM", "There are too many interim responses", {
          limit: "maxInterimResponses",
        });
      }
      return this.handler.onHeaders(stream, list, false);
    }
    stream.headersReceived = true;
    // A response without content may have the length of another's (section 8.1.1: HEAD, 304).
    if (endStream) this.remoteEnded(stream);
    else stream.expected = list.contentLength;
    this.handler.onHeaders(stream, list, endStream);
    if (endStream) this.closeIfEnded(stream);
  }

  protected override checkEnablePush(value: number): void {
    // Section 6.5.2: a server sends 0 or nothing.
    if (value !== 0) throw connectionError("PROTOCOL_ERROR", "A server sets SETTINGS_ENABLE_PUSH");
  }

  protected override isIdle(id: number): boolean {
    return id % 2 === 0 || id >= this.#nextStreamId;
  }

  /** Every stream is our own, and we end them by the thousand: none is the server's fault. */
  protected override mayBeLate(): boolean {
    return true;
  }

  protected override onGoaway(goaway: Goaway): void {
    this.handler.onGoaway(this, goaway);
    // Section 6.8: streams above the last one were not processed.
    for (const stream of [...this.streams.values()]) {
      if (stream.id > goaway.lastStreamId) {
        this.abortStream(stream, ErrorCode.REFUSED_STREAM, "unprocessed");
      }
    }
    this.beginDraining();
  }
}
