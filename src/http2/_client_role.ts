/** The client's side of a connection. @module */
import type { Lifecycle } from "./_lifecycle.ts";
import type { Role } from "./_role.ts";
import type { Stream } from "./_stream.ts";
import type { Streams } from "./_streams.ts";
import { ErrorCode } from "./error_codes.ts";
import { connectionError, streamError } from "./errors.ts";
import { describeForeign, foreignProtocol, OPENING_SIZE } from "./foreign.ts";
import { type Goaway, type Setting, SettingId } from "./frame/mod.ts";
import type { HeaderList } from "./header_list.ts";
import { CLIENT_PREFACE } from "./preface.ts";

/** The client's side of one connection. */
export class ClientRole implements Role {
  readonly preface = CLIENT_PREFACE;
  readonly firstStreamId = 1;
  /** The first bytes from the server. */
  readonly #opening = new Uint8Array(OPENING_SIZE);
  #openingLength = 0;

  settings(): readonly Setting[] {
    return [{ id: SettingId.ENABLE_PUSH, value: 0 }];
  }

  /** Checks the first bytes only to name the protocol of a server that does not speak HTTP/2. */
  receivePreface(bytes: Uint8Array, start: number, end: number): number {
    if (this.#openingLength < OPENING_SIZE) this.#checkOpening(bytes.subarray(start, end));
    return start;
  }

  checkEnablePush(value: number): void {
    // Section 6.5.2: a server sends 0 or nothing.
    if (value !== 0) throw connectionError("PROTOCOL_ERROR", "A server sets SETTINGS_ENABLE_PUSH");
  }

  receiveOpening(): void {
    // Section 5.1.1: a server opens streams by push only.
    throw connectionError("PROTOCOL_ERROR", "A server opens a stream");
  }

  /** Takes a response, an interim one, or the trailers of a response. */
  receiveHeaders<User>(
    streams: Streams<User>,
    stream: Stream<User>,
    list: HeaderList,
    endStream: boolean,
  ): void {
    if (stream.headersReceived) return streams.receiveTrailers(stream, list, endStream);
    const { handler } = streams;
    const fault = list.responseFault();
    if (fault !== "") throw streamError(stream.id, "PROTOCOL_ERROR", fault);
    if (list.status < 200) {
      checkInterim(streams, stream, endStream);
      return handler.onHeaders(stream, list, false);
    }
    stream.headersReceived = true;
    // A response without content may have the length of another's (section 8.1.1: HEAD, 304).
    if (endStream) streams.receive.endRemote(stream);
    else stream.remainingContent = list.contentLength;
    handler.onHeaders(stream, list, endStream);
    if (endStream) streams.closeIfEnded(stream);
  }

  receiveGoaway<User>(streams: Streams<User>, lifecycle: Lifecycle<User>, goaway: Goaway): void {
    // Section 6.8: streams above the last one were not processed.
    for (const stream of streams.list()) {
      if (stream.id > goaway.lastStreamId) {
        streams.abort(stream, ErrorCode.REFUSED_STREAM, "unprocessed");
      }
    }
    lifecycle.beginDraining();
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
}

/** @throws {Http2Error} of the stream, for an interim response that ends it, and for too many */
function checkInterim<User>(streams: Streams<User>, stream: Stream<User>, endStream: boolean) {
  const { limits } = streams;
  // Section 8.1.
  if (endStream) {
    throw streamError(stream.id, "PROTOCOL_ERROR", "An interim response ends its stream");
  }
  if (++stream.interimResponses <= limits.maxInterimResponses) return;
  throw streamError(stream.id, "ENHANCE_YOUR_CALM", "There are too many interim responses", {
    limit: "maxInterimResponses",
  });
}
