import { ConnectionCore } from "./_connection_core.ts";
import { FrameReader, type FrameSink } from "./_frame_reader.ts";
import { HeaderReader } from "./_header_reader.ts";
import { UNLIMITED } from "./_peer_settings.ts";
import type { StreamRecord } from "./_stream_record.ts";
import type { Http2Config } from "./config.ts";
import { connectionError, Http2Error, streamError } from "./errors.ts";
import {
  checkContinuation,
  checkData,
  checkPing,
  checkPriority,
  encodePingAck,
  encodeSettingsAck,
  fragmentStart,
  FrameFlag,
  FrameType,
  type Goaway,
  paddingLength,
  parseGoaway,
  parseRstStream,
  parseSettings,
  parseWindowUpdate,
  pushPromiseError,
  type Setting,
  SettingId,
} from "./frame/mod.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { HeaderList } from "./header_list.ts";
import { canReceive, endRemote } from "./stream_state.ts";

/** The frames that come in, as far as both roles take them alike. */
export abstract class FrameConnection<User> extends ConnectionCore<User> implements FrameSink {
  readonly #reader: FrameReader;
  readonly #headers: HeaderReader;

  /** Begins with our SETTINGS: those of the role, and those of both. */
  constructor(
    config: Http2Config,
    handler: ConnectionHandler<User>,
    now: number,
    preface: Uint8Array,
    settings: readonly Setting[],
  ) {
    super(config, handler, now);
    const { limits } = config;
    this.#headers = new HeaderReader(limits);
    this.#reader = new FrameReader(limits.maxFrameSize, this);
    const at = this.output.reserve(preface.length);
    this.output.bytes.set(preface, at);
    this.output.end = at + preface.length;
    this.sendSettings([...settings, ...config.settings]);
    this.flow.start();
  }

  receive(bytes: Uint8Array, now: number, start = 0, end = bytes.length): void {
    if (this.closed) return;
    this.now = now;
    this.statistics.bytesReceived += end - start;
    this.guard(() => {
      this.#reader.push(bytes, this.receivePreface(bytes, start, end), end);
    });
    this.watchdog.received(
      now,
      this.#reader.pending,
      this.#headers.openStreamId !== 0,
      this.statistics.framesReceived,
    );
  }

  /** Takes the client's preface where there is one, and returns where frames begin. */
  protected abstract receivePreface(bytes: Uint8Array, start: number, end: number): number;

  /** A header section for a stream that is not known. `list` is null where it is too large. */
  protected abstract onNewStream(id: number, list: HeaderList | null, endStream: boolean): void;

  /** A header section for a stream that is open to the peer. */
  protected abstract onMoreHeaders(
    stream: StreamRecord<User>,
    list: HeaderList,
    endStream: boolean,
  ): void;

  /** The settings of a role besides those of both. */
  protected abstract checkEnablePush(value: number): void;

  /** Whether a stream that is not known was never opened (the state `idle`). */
  protected abstract isIdle(id: number): boolean;

  /** GOAWAY has come. */
  protected abstract onGoaway(goaway: Goaway): void;

  /** The trailer section of either role (section 8.1), which ends the peer's side. */
  protected receiveTrailers(
    stream: StreamRecord<User>,
    list: HeaderList,
    endStream: boolean,
  ): void {
    const fault = endStream ? list.trailersFault() : "A trailer section does not end its stream";
    if (fault !== "") throw streamError(stream.id, "PROTOCOL_ERROR", fault);
    this.remoteEnded(stream);
    this.handler.onTrailers(stream, list);
    this.closeIfEnded(stream);
  }

  /** The peer's side has ended. To be called before the owner is told. */
  protected remoteEnded(stream: StreamRecord<User>): void {
    if (stream.expected > 0) {
      throw streamError(stream.id, "PROTOCOL_ERROR", "The content is shorter than content-length");
    }
    stream.state = endRemote(stream.state);
  }

  /** For the reader of frames. */
  onFrame(
    bytes: Uint8Array,
    at: number,
    length: number,
    type: number,
    flags: number,
    id: number,
  ): void {
    if (this.closed) return;
    this.#checkOutput();
    this.statistics.framesReceived++;
    if (!this.settingsReceived && type !== FrameType.SETTINGS) {
      // Section 3.4.
      throw connectionError("PROTOCOL_ERROR", "The first frame is not SETTINGS");
    }
    checkContinuation(type, id, this.#headers.openStreamId);
    try {
      switch (type) {
        case FrameType.DATA:
          return this.#onData(bytes, at, length, flags, id);
        case FrameType.HEADERS:
          return this.#onHeaders(bytes, at, length, flags, id);
        case FrameType.PRIORITY:
          this.rates.take("priorities", this.now);
          return checkPriority(length, id);
        case FrameType.RST_STREAM:
          return this.#onRstStream(id, parseRstStream(bytes, at, length, id));
        case FrameType.SETTINGS:
          return this.#onSettings(bytes, at, length, flags, id);
        case FrameType.PUSH_PROMISE:
          throw pushPromiseError();
        case FrameType.PING:
          return this.#onPing(bytes, at, length, flags, id);
        case FrameType.GOAWAY:
          this.rates.take("strayFrames", this.now);
          return this.onGoaway(parseGoaway(bytes, at, length, id));
        case FrameType.WINDOW_UPDATE:
          return this.#onWindowUpdate(id, parseWindowUpdate(bytes, at, length, id));
        case FrameType.CONTINUATION:
          return this.#onContinuation(bytes, at, length, flags, id);
        default:
          // Section 5.5: to be ignored.
          this.rates.take("strayFrames", this.now);
      }
    } catch (error) {
      if (!(error instanceof Http2Error) || error.scope.kind !== "stream") throw error;
      this.#failStream(error.scope.streamId, error);
    }
  }

  /** Checks before each frame, as one read may bring thousands whose answers are longer. */
  #checkOutput(): void {
    if (this.output.length <= this.limits.maxOutputSize) return;
    throw connectionError("ENHANCE_YOUR_CALM", "The peer sends and does not read", {
      limit: "maxOutputSize",
    });
  }

  #onData(bytes: Uint8Array, at: number, length: number, flags: number, id: number): void {
    checkData(id);
    const padding = paddingLength(bytes, at, length, flags);
    const start = (flags & FrameFlag.PADDED) === 0 ? at : at + 1;
    const end = at + length - padding;
    const endStream = (flags & FrameFlag.END_STREAM) !== 0;
    if (start === end && !endStream) this.rates.take("emptyFrames", this.now);
    // Section 6.9: whatever becomes of the frame.
    this.flow.receive(length);
    const stream = this.#find(id);
    if (stream === undefined || !canReceive(stream.state)) {
      this.flow.consume(length);
      this.#lateFrame(id, stream, "DATA");
      return;
    }
    const inWindow = stream.receiveWindow.receive(length);
    if (!inWindow || !stream.headersReceived) {
      throw inWindow
        ? streamError(id, "PROTOCOL_ERROR", "DATA comes before a response's headers")
        : streamError(id, "FLOW_CONTROL_ERROR", "The peer sends more than a stream's window");
    }
    if (stream.expected >= 0) {
      stream.expected -= end - start;
      // Section 8.1.1.
      if (stream.expected < 0) {
        throw streamError(id, "PROTOCOL_ERROR", "The content is longer than content-length");
      }
    }
    if (endStream) this.remoteEnded(stream);
    if (length > end - start) this.consume(stream, length - (end - start));
    this.handler.onData(stream, bytes, start, end, endStream);
    if (endStream) this.closeIfEnded(stream);
  }

  #onHeaders(bytes: Uint8Array, at: number, length: number, flags: number, id: number): void {
    const end = at + length - paddingLength(bytes, at, length, flags);
    const start = fragmentStart(at, end, flags, id);
    const endStream = (flags & FrameFlag.END_STREAM) !== 0;
    if ((flags & FrameFlag.END_HEADERS) !== 0) {
      this.#onHeaderBlock(id, this.#headers.decode(bytes, start, end), endStream);
    } else {
      if (start === end) this.rates.take("emptyFrames", this.now);
      this.#headers.begin(bytes, start, end, id, endStream);
    }
  }

  #onContinuation(
    bytes: Uint8Array,
    at: number,
    length: number,
    flags: number,
    id: number,
  ): void {
    if (length === 0) this.rates.take("emptyFrames", this.now);
    const last = (flags & FrameFlag.END_HEADERS) !== 0;
    const list = this.#headers.proceed(bytes, at, at + length, last);
    if (list !== undefined) this.#onHeaderBlock(id, list, this.#headers.openEndStream);
  }

  #onHeaderBlock(id: number, list: HeaderList | null, endStream: boolean): void {
    const stream = this.#find(id);
    if (stream === undefined) {
      if (this.isIdle(id)) this.onNewStream(id, list, endStream);
      else this.#lateHeaders(id, stream);
    } else if (!canReceive(stream.state)) {
      this.#lateHeaders(id, stream);
    } else if (list === null) {
      throw listTooLarge(id);
    } else {
      this.onMoreHeaders(stream, list, endStream);
    }
  }

  #onRstStream(id: number, errorCode: number): void {
    const stream = this.#find(id);
    if (stream === undefined) {
      // Section 6.4.
      if (this.isIdle(id)) throw connectionError("PROTOCOL_ERROR", "An idle stream is reset");
      this.rates.take("strayFrames", this.now);
      return;
    }
    this.statistics.resetsReceived++;
    this.rates.take("resets", this.now);
    this.abortStream(stream, errorCode, "peer");
  }

  #onSettings(bytes: Uint8Array, at: number, length: number, flags: number, id: number): void {
    const ack = (flags & FrameFlag.ACK) !== 0;
    if (!this.settingsReceived && ack) {
      throw connectionError("PROTOCOL_ERROR", "The first frame is an acknowledgment");
    }
    const settings = parseSettings(bytes, at, length, flags, id, this.limits.maxSettingsEntries);
    this.rates.take("settings", this.now);
    if (ack) return this.#onSettingsAck();
    if (!this.settingsReceived) this.sender.peer.maxConcurrentStreams = UNLIMITED;
    this.settingsReceived = true;
    for (const { id: setting, value } of settings) {
      if (setting === SettingId.ENABLE_PUSH) this.checkEnablePush(value);
    }
    this.sender.applySettings(settings, this.streams.values());
    encodeSettingsAck(this.output);
    this.sender.pump();
    this.handler.onSettings(this);
  }

  #onSettingsAck(): void {
    if (this.settingsPending === 0) return;
    this.settingsPending--;
    this.watchdog.settingsMoved(this.now);
    this.#headers.settingsAcknowledged();
    this.flow.settingsAcknowledged();
  }

  #onPing(bytes: Uint8Array, at: number, length: number, flags: number, id: number): void {
    checkPing(length, id);
    if ((flags & FrameFlag.ACK) === 0) {
      this.rates.take("pings", this.now);
      encodePingAck(this.output, bytes, at);
      this.handler.onPing(this);
      return;
    }
    if (!this.pings?.answered(bytes, at, this.now)) this.rates.take("pings", this.now);
  }

  #onWindowUpdate(id: number, increment: number): void {
    this.rates.take("windowUpdates", this.now);
    if (id === 0) return this.sender.widenConnection(increment);
    const stream = this.#find(id);
    if (stream !== undefined) return this.sender.widenStream(stream, increment);
    // Section 5.1: an error in the idle state, and to be expected for a while after the end.
    if (this.isIdle(id)) {
      throw connectionError("PROTOCOL_ERROR", "An idle stream's window is updated");
    }
  }

  #find(id: number): StreamRecord<User> | undefined {
    const recent = this.recent;
    if (recent !== undefined && recent.id === id) return recent;
    return this.recent = this.streams.get(id);
  }

  #lateHeaders(id: number, stream: StreamRecord<User> | undefined): void {
    // DATA is held down by its windows, header sections by nothing else. A thousand calls that time out
    // together are answered together: what our own resets account for is not the peer's fault.
    if (!this.late?.takeSection()) this.rates.take("strayFrames", this.now);
    this.#lateFrame(id, stream, "HEADERS");
  }

  /** A frame for a stream that the peer has no longer, or not yet, a right to send on (section 5.1). */
  #lateFrame(id: number, stream: StreamRecord<User> | undefined, what: string): void {
    if (stream !== undefined) {
      throw streamError(id, "STREAM_CLOSED", `${what} comes after END_STREAM`);
    }
    if (this.isIdle(id)) throw connectionError("PROTOCOL_ERROR", `${what} is on an idle stream`);
    if (!this.mayBeLate(id)) {
      throw connectionError("STREAM_CLOSED", `${what} is on a closed stream`);
    }
    // We have reset it, and the peer has not heard of it yet.
  }

  /** A fault of the peer in one stream (section 5.4.2). */
  #failStream(id: number, error: Http2Error): void {
    if (this.closed) return;
    // The number of them is limited: CVE-2025-8671.
    this.rates.take("provokedResets", this.now);
    const stream = this.streams.get(id);
    this.writeReset(id, error.errorCode);
    if (stream !== undefined) this.abortStream(stream, error.errorCode, "local");
  }
}

/** The error of a list over `maxHeaderListSize`, which ends its stream. */
export function listTooLarge(streamId: number): Http2Error {
  return streamError(streamId, "ENHANCE_YOUR_CALM", "A header list is larger than the limit", {
    limit: "maxHeaderListSize",
  });
}
