/** The connection of either role, composed of its parts. @module */
import { Control, type OnPingAck } from "./_control.ts";
import { FrameReader, type FrameSink } from "./_frame_reader.ts";
import { HeaderReader } from "./_header_reader.ts";
import { Lifecycle } from "./_lifecycle.ts";
import { RateLimiters } from "./_rate_limiter.ts";
import { ReceiveTimeouts } from "./_receive_timeouts.ts";
import type { Role } from "./_role.ts";
import { Streams, type StreamsOwner } from "./_streams.ts";
import type { Http2Config } from "./config.ts";
import { connectionError, Http2Error, listTooLarge } from "./errors.ts";
import {
  checkContinuation,
  checkPriority,
  encodeSettingsAck,
  fragmentStart,
  FrameFlag,
  FrameType,
  paddingLength,
  parseGoaway,
  parseRstStream,
  parseWindowUpdate,
  pushPromiseError,
  SettingId,
} from "./frame/mod.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { HeaderList } from "./header_list.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import type {
  ConnectionPhase,
  ConnectionStatistics,
  Http2ClientConnection,
  Http2Stream,
} from "./http2_connection.ts";
import type { Limits } from "./limits.ts";
import { OutputBuffer } from "./output_buffer.ts";
import { canReceive } from "./stream_state.ts";

/**
 * An HTTP/2 connection of either role: it reads frames, and passes each to the part that it concerns.
 *
 * ```text
 * Connection ─┬─ FrameReader, HeaderReader    bytes to frames, fragments to header lists
 *             ├─ Streams ─┬─ Send             queues, windows and HPACK of our side
 *             │           └─ Receive          windows of the peer's side
 *             ├─ Control                      SETTINGS and PING
 *             ├─ Lifecycle                    GOAWAY and the end
 *             └─ Role                         client or server
 * ```
 *
 * A server holds thousands of idle connections, so parts that not every connection needs are made late.
 */
export class Connection<User>
  implements Http2ClientConnection<User>, StreamsOwner<User>, FrameSink {
  user: unknown = undefined;
  readonly statistics: ConnectionStatistics = {
    framesReceived: 0,
    streamsOpened: 0,
    streamsRefused: 0,
  };
  readonly output = new OutputBuffer();
  readonly #limits: Limits;
  readonly #handler: ConnectionHandler<User>;
  readonly #rates: RateLimiters;
  readonly #role: Role;
  readonly #reader: FrameReader;
  readonly #headers: HeaderReader;
  readonly #timeouts: ReceiveTimeouts;
  readonly #control: Control;
  readonly #streams: Streams<User>;
  readonly #lifecycle: Lifecycle<User>;

  /** Begins with the preface of the role and our SETTINGS, in `output`. */
  constructor(config: Http2Config, handler: ConnectionHandler<User>, now: number, role: Role) {
    const { limits } = config;
    const { output, statistics } = this;
    const rates = new RateLimiters(limits, now);
    const parts = { config, handler, output, rates, statistics };
    this.#limits = limits;
    this.#handler = handler;
    this.#rates = rates;
    this.#role = role;
    this.#reader = new FrameReader(limits.maxFrameSize, this);
    this.#headers = new HeaderReader(limits);
    this.#timeouts = new ReceiveTimeouts(limits, now);
    this.#control = new Control(parts);
    this.#streams = new Streams(this, parts, this.#control, role.firstStreamId);
    this.#lifecycle = new Lifecycle(this.#streams, this.#control);
    output.append(role.preface);
    this.#control.sendSettings([...role.settings(limits), ...config.settings]);
    this.#streams.receive.start();
  }

  get phase(): ConnectionPhase {
    return this.#lifecycle.phase;
  }

  get closed(): boolean {
    return this.#lifecycle.closed;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  get queuedBytes(): number {
    return this.#streams.send.queuedBytes;
  }

  get unsentBytes(): number {
    return this.#streams.send.unsentBytes;
  }

  get availableStreams(): number {
    return this.phase.kind === "open" ? this.#streams.available : 0;
  }

  openStreams(): Http2Stream<User>[] {
    return this.#streams.list();
  }

  openStream(
    headers: PreparedHeaders,
    extra: readonly string[] = [],
    endStream = false,
    user?: User,
  ): Http2Stream<User> | undefined {
    if (this.availableStreams === 0) return undefined;
    return this.#streams.openLocal(headers, extra, endStream, user);
  }

  receive(bytes: Uint8Array, now: number, start = 0, end = bytes.length): void {
    if (this.closed) return;
    this.#rates.now = now;
    this.#lifecycle.guard(() => {
      this.#reader.push(bytes, this.#role.receivePreface(bytes, start, end), end);
    });
    const inBlock = this.#headers.openStreamId !== 0;
    this.#timeouts.received(now, this.#reader.pending, inBlock, this.statistics.framesReceived);
  }

  sent(size: number, now: number): void {
    this.#rates.now = now;
    const { send } = this.#streams;
    send.outputTaken(size);
    if (!this.closed) this.#lifecycle.guard(() => send.pump());
  }

  tick(now: number): void {
    this.#rates.now = now;
    if (this.closed) return;
    this.#lifecycle.guard(() => {
      this.#timeouts.check(now, this.#control.settingsReceived);
      this.#control.checkTimeout(now);
      this.#streams.resetStalled(now);
    });
  }

  ping(onAck: OnPingAck): boolean {
    return !this.closed && this.#control.ping(onAck);
  }

  drain(): void {
    this.#lifecycle.drain();
  }

  close(errorCode: number, debugData = ""): void {
    this.#lifecycle.close(errorCode, debugData);
  }

  disconnect(): void {
    this.#lifecycle.close(0, "");
    this.output.clear();
  }

  /** Called by `Streams` each time the last open stream is closed. */
  onNoStreams(): void {
    this.#lifecycle.endIfDrained();
  }

  /** Takes a frame from the `FrameReader`. */
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
    if (!this.#control.settingsReceived && type !== FrameType.SETTINGS) {
      // Section 3.4.
      throw connectionError("PROTOCOL_ERROR", "The first frame is not SETTINGS");
    }
    checkContinuation(type, id, this.#headers.openStreamId);
    const rates = this.#rates;
    const streams = this.#streams;
    try {
      switch (type) {
        case FrameType.DATA:
          return streams.receiveData(bytes, at, length, flags, id);
        case FrameType.HEADERS:
          return this.#onHeaders(bytes, at, length, flags, id);
        case FrameType.PRIORITY:
          rates.take("priorities");
          return checkPriority(length, id);
        case FrameType.RST_STREAM:
          return streams.receiveReset(id, parseRstStream(bytes, at, length, id));
        case FrameType.SETTINGS:
          return this.#onSettings(bytes, at, length, flags, id);
        case FrameType.PUSH_PROMISE:
          throw pushPromiseError();
        case FrameType.PING:
          if (this.#control.receivePing(bytes, at, length, flags, id)) {
            this.#handler.onPing(this);
          }
          return;
        case FrameType.GOAWAY:
          return this.#onGoaway(bytes, at, length, id);
        case FrameType.WINDOW_UPDATE:
          return streams.receiveWindowUpdate(id, parseWindowUpdate(bytes, at, length, id));
        case FrameType.CONTINUATION:
          return this.#onContinuation(bytes, at, length, flags, id);
        default:
          // Section 5.5: to be ignored.
          rates.take("strayFrames");
      }
    } catch (error) {
      if (!(error instanceof Http2Error) || error.scope.kind !== "stream") throw error;
      if (!this.closed) this.#streams.fail(error.scope.streamId, error);
    }
  }

  /** Checks before each frame, as one read may bring thousands whose answers are longer. */
  #checkOutput(): void {
    if (this.output.length <= this.#limits.maxOutputSize) return;
    throw connectionError("ENHANCE_YOUR_CALM", "The peer sends and does not read", {
      limit: "maxOutputSize",
    });
  }

  #onHeaders(bytes: Uint8Array, at: number, length: number, flags: number, id: number): void {
    const end = at + length - paddingLength(bytes, at, length, flags);
    const start = fragmentStart(at, end, flags, id);
    const endStream = (flags & FrameFlag.END_STREAM) !== 0;
    if ((flags & FrameFlag.END_HEADERS) !== 0) {
      this.#onHeaderList(id, this.#headers.decode(bytes, start, end), endStream);
    } else {
      if (start === end) this.#rates.take("emptyFrames");
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
    if (length === 0) this.#rates.take("emptyFrames");
    const last = (flags & FrameFlag.END_HEADERS) !== 0;
    const list = this.#headers.proceed(bytes, at, at + length, last);
    if (list !== undefined) this.#onHeaderList(id, list, this.#headers.openEndStream);
  }

  /** @param list null when it is larger than the limit */
  #onHeaderList(id: number, list: HeaderList | null, endStream: boolean): void {
    const streams = this.#streams;
    const stream = streams.find(id);
    if (stream === undefined && streams.isIdle(id)) {
      this.#role.receiveOpening(streams, id, list, endStream);
    } else if (stream === undefined || !canReceive(stream.state)) {
      streams.receiveLateHeaders(id, stream);
    } else if (list === null) {
      throw listTooLarge(id);
    } else {
      this.#role.receiveHeaders(streams, stream, list, endStream);
    }
  }

  #onSettings(bytes: Uint8Array, at: number, length: number, flags: number, id: number): void {
    const { send, receive } = this.#streams;
    const isFirst = !this.#control.settingsReceived;
    const settings = this.#control.receiveSettings(bytes, at, length, flags, id);
    if (settings === undefined) {
      this.#headers.settingsAcknowledged();
      return receive.settingsAcknowledged();
    }
    if (isFirst) send.peer.begin();
    for (const { id: setting, value } of settings) {
      if (setting === SettingId.ENABLE_PUSH) this.#role.checkEnablePush(value);
    }
    send.applySettings(settings);
    encodeSettingsAck(this.output);
    send.pump();
    this.#handler.onSettings(this);
  }

  #onGoaway(bytes: Uint8Array, at: number, length: number, id: number): void {
    this.#rates.take("strayFrames");
    const goaway = parseGoaway(bytes, at, length, id);
    this.#handler.onGoaway(this, goaway);
    this.#role.receiveGoaway(this.#streams, this.#lifecycle, goaway);
  }
}
