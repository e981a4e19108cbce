/** The server's side of a connection. @module */
import type { Role } from "./_role.ts";
import type { Stream } from "./_stream.ts";
import type { Streams } from "./_streams.ts";
import { ErrorCode } from "./error_codes.ts";
import { connectionError, listTooLarge, streamError } from "./errors.ts";
import { type Setting, SettingId } from "./frame/mod.ts";
import type { HeaderList } from "./header_list.ts";
import type { Limits } from "./limits.ts";
import { CLIENT_PREFACE } from "./preface.ts";

/** A server sends no preface but its SETTINGS (section 3.4). */
const NO_PREFACE = new Uint8Array(0);

/** The server's side of one connection. */
export class ServerRole implements Role {
  /** Octets of the client's preface that have arrived. */
  #prefaceLength = 0;

  get preface(): Uint8Array {
    return NO_PREFACE;
  }

  get firstStreamId(): number {
    return 2;
  }

  settings({ maxConcurrentStreams }: Limits): readonly Setting[] {
    return [{ id: SettingId.MAX_CONCURRENT_STREAMS, value: maxConcurrentStreams }];
  }

  receivePreface(bytes: Uint8Array, start: number, end: number): number {
    while (this.#prefaceLength < CLIENT_PREFACE.length && start < end) {
      // Section 3.4.
      if (bytes[start++] !== CLIENT_PREFACE[this.#prefaceLength++]) {
        throw connectionError("PROTOCOL_ERROR", "The connection does not begin with the preface");
      }
    }
    return start;
  }

  checkEnablePush(value: number): void {
    // Section 6.5.2.
    if (value > 1) throw connectionError("PROTOCOL_ERROR", "SETTINGS_ENABLE_PUSH is not 0 or 1");
  }

  /** Takes a request. */
  receiveOpening<User>(
    streams: Streams<User>,
    id: number,
    list: HeaderList | null,
    endStream: boolean,
  ): void {
    const { handler, limits } = streams;
    // Section 5.1.1: the streams of a client are odd. A lower number than the last one is not idle.
    if (id % 2 === 0) throw connectionError("PROTOCOL_ERROR", "A client opens an even stream");
    streams.lastPeerId = id;
    if (!streams.acceptsNew) return streams.expectLateFrames(id);
    if (list === null) throw listTooLarge(id);
    const fault = list.requestFault();
    if (fault !== "") throw streamError(id, "PROTOCOL_ERROR", fault);
    if (endStream && list.contentLength > 0) {
      throw streamError(id, "PROTOCOL_ERROR", "The content is shorter than content-length");
    }
    if (streams.size >= limits.maxConcurrentStreams) {
      // Section 5.1.2. REFUSED_STREAM tells the client that it can try again (section 8.7).
      streams.statistics.streamsRefused++;
      streams.rates.take("refusals");
      return streams.writeReset(id, ErrorCode.REFUSED_STREAM);
    }
    const stream = streams.open(id);
    stream.headersReceived = true;
    stream.remainingContent = list.contentLength;
    if (endStream) streams.receive.endRemote(stream);
    handler.onHeaders(stream, list, endStream);
    if (endStream) streams.closeIfEnded(stream);
  }

  /** Takes the trailers of a request. */
  receiveHeaders<User>(
    streams: Streams<User>,
    stream: Stream<User>,
    list: HeaderList,
    endStream: boolean,
  ): void {
    streams.receiveTrailers(stream, list, endStream);
  }

  /** A client that sends GOAWAY accepts no pushed streams, which a server here never opens. */
  receiveGoaway(): void {}
}
