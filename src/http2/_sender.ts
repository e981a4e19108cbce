import { FieldKind, kindOf } from "./_field_kind.ts";
import {
  checkInitialWindow,
  checkMaxFrameSize,
  DEFAULT_WINDOW,
  PeerSettings,
} from "./_peer_settings.ts";
import { SendQueue } from "./_send_queue.ts";
import { QUEUE_END_STREAM, type QueueEnd, type StreamRecord } from "./_stream_record.ts";
import { connectionError, streamError } from "./errors.ts";
import {
  encodeData,
  encodeHeaders,
  FRAME_HEADER_LENGTH,
  FrameFlag,
  FrameType,
  MAX_31_BITS,
  type Setting,
  SettingId,
  writeFrameHeader,
} from "./frame/mod.ts";
import { FIELD_OVERHEAD, HeaderField, HpackEncoder, type PreparedHeaders } from "./hpack/mod.ts";
import type { Limits } from "./limits.ts";
import { OutputBuffer } from "./output_buffer.ts";
import { canSend } from "./stream_state.ts";

/** What the sender tells its connection. */
export interface SenderEvents<User> {
  /** END_STREAM is in the output. */
  localEnded(stream: StreamRecord<User>): void;
  /** The queue of a stream that had to wait has room again. */
  writable(stream: StreamRecord<User>): void;
  /** A message went out, or a piece of one that is worth a window update. */
  dataSent(): void;
}

/** DATA pieces smaller than this, cut by a small window, do not pay for window updates. */
const WORTHY_PIECE = 256;

/**
 * The sending half of a connection: HEADERS and DATA under the peer's settings, and flow control for
 * them (RFC 9113 section 5.2). What the windows, or an output that the transport does not take, hold
 * back waits in the queues of the streams, which take turns frame by frame.
 */
export class Sender<User> {
  readonly output = new OutputBuffer();
  readonly peer = new PeerSettings();
  /** Bytes of DATA in the queues of all streams. */
  queuedBytes = 0;
  readonly #limits: Limits;
  readonly #events: SenderEvents<User>;
  /** Made for the first header section, as an idle connection sends none. */
  #encoder: HpackEncoder | undefined = undefined;
  /** The connection's window. */
  #window = DEFAULT_WINDOW;
  /** Streams with queued DATA and an open window, in turn. */
  #ready: Set<StreamRecord<User>> | undefined = undefined;
  #pumping = false;

  constructor(limits: Limits, events: SenderEvents<User>) {
    this.#limits = limits;
    this.#events = events;
  }

  /** Sends a header section, behind the DATA that is queued. */
  sendHeaders(
    stream: StreamRecord<User>,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
  ): void {
    this.#checkOpen(stream);
    this.checkFields(stream.id, headers, extra);
    if (stream.queuedBytes === 0) {
      this.writeHeaders(stream, headers, extra, endStream);
    } else if (endStream) {
      stream.queueEnd = { kind: "trailers", headers, extra };
    } else {
      throw streamError(stream.id, "INTERNAL_ERROR", "Headers cannot be sent amid data");
    }
  }

  /** Sends DATA as `Http2Stream.sendPrefixed()` says. */
  sendData(
    stream: StreamRecord<User>,
    prefix: Uint8Array,
    bytes: Uint8Array,
    endStream: boolean,
  ): boolean {
    this.#checkOpen(stream);
    const size = prefix.length + bytes.length;
    if (stream.queuedBytes === 0 && (size === 0 || this.#fits(stream, size))) {
      if (size === 0 && !endStream) return true;
      this.#window -= size;
      stream.sendWindow -= size;
      encodeData(this.output, stream.id, prefix, bytes, 0, bytes.length, endStream);
      this.#events.dataSent();
      if (endStream) this.#events.localEnded(stream);
      return true;
    }
    if (endStream) stream.queueEnd = QUEUE_END_STREAM;
    this.#enqueue(stream, prefix, bytes);
    this.pump();
    stream.awaited = stream.queuedBytes > this.#limits.streamHighWater;
    return !stream.awaited;
  }

  /** Sends what the windows and the output have room for. */
  pump(): void {
    const ready = this.#ready;
    if (this.#pumping || ready === undefined || ready.size === 0) return;
    this.#pumping = true;
    try {
      // A stream whose turn is over is put at the end of the set, and so visited again.
      for (const stream of ready) {
        if (this.#window <= 0 || this.output.length >= this.#limits.outputHighWater) break;
        this.#sendFrame(stream);
      }
    } finally {
      this.#pumping = false;
    }
  }

  /** Forgets what is queued in a stream that is closed. */
  drop(stream: StreamRecord<User>): void {
    if (stream.queue === null) return;
    this.queuedBytes -= stream.queue.length;
    stream.queue = null;
    this.#ready?.delete(stream);
  }

  /** The peer widens the connection's window (section 6.9.1). */
  widenConnection(increment: number): void {
    if (this.#window + increment > MAX_31_BITS) {
      throw connectionError("FLOW_CONTROL_ERROR", "The connection's window goes over 2^31-1");
    }
    this.#window += increment;
    this.pump();
  }

  /** The peer widens a stream's window (section 6.9.1). */
  widenStream(stream: StreamRecord<User>, increment: number): void {
    if (stream.sendWindow + increment > MAX_31_BITS) {
      throw streamError(stream.id, "FLOW_CONTROL_ERROR", "A stream's window goes over 2^31-1");
    }
    this.#shift(stream, increment);
    this.pump();
  }

  /**
   * The peer's SETTINGS, in order (section 6.5.3), but ENABLE_PUSH, which is the role's matter. What
   * they let out is for `pump()`, after the acknowledgment.
   */
  applySettings(settings: readonly Setting[], streams: Iterable<StreamRecord<User>>): void {
    for (const { id, value } of settings) {
      switch (id) {
        case SettingId.HEADER_TABLE_SIZE:
          this.#hpack().setTableSize(value);
          break;
        case SettingId.MAX_CONCURRENT_STREAMS:
          this.peer.maxConcurrentStreams = value;
          break;
        case SettingId.INITIAL_WINDOW_SIZE:
          checkInitialWindow(value);
          this.#setInitialWindow(value, streams);
          break;
        case SettingId.MAX_FRAME_SIZE:
          checkMaxFrameSize(value);
          this.peer.maxFrameSize = value;
          break;
        case SettingId.MAX_HEADER_LIST_SIZE:
          this.peer.maxHeaderListSize = value;
          break;
      }
    }
  }

  #hpack(): HpackEncoder {
    return this.#encoder ??= new HpackEncoder(this.#limits.maxEncoderTableSize);
  }

  #fits(stream: StreamRecord<User>, size: number): boolean {
    return size <= this.peer.maxFrameSize && size <= stream.sendWindow && size <= this.#window &&
      this.output.length < this.#limits.outputHighWater;
  }

  #enqueue(stream: StreamRecord<User>, prefix: Uint8Array, bytes: Uint8Array): void {
    const size = prefix.length + bytes.length;
    if (size === 0) return;
    if (this.queuedBytes + size > this.#limits.maxQueuedBytes) {
      throw connectionError("ENHANCE_YOUR_CALM", "Too much data waits for the peer's windows", {
        limit: "maxQueuedBytes",
      });
    }
    stream.queue ??= new SendQueue();
    stream.queue.push(prefix, bytes);
    this.queuedBytes += size;
    if (stream.sendWindow > 0) this.#await(stream);
  }

  /** Puts a stream at the end of those that wait for their turn. */
  #await(stream: StreamRecord<User>): void {
    this.#ready ??= new Set();
    this.#ready.add(stream);
  }

  #sendFrame(stream: StreamRecord<User>): void {
    const queue = stream.queue!;
    const { output } = this;
    const size = Math.min(queue.length, stream.sendWindow, this.#window, this.peer.maxFrameSize);
    const last = size === queue.length;
    const endStream = last && stream.queueEnd.kind === "end_stream";
    const at = output.reserve(FRAME_HEADER_LENGTH + size);
    const flags = endStream ? FrameFlag.END_STREAM : 0;
    writeFrameHeader(output.bytes, at, size, FrameType.DATA, flags, stream.id);
    queue.take(output.bytes, at + FRAME_HEADER_LENGTH, size);
    output.end = at + FRAME_HEADER_LENGTH + size;
    this.queuedBytes -= size;
    this.#window -= size;
    stream.sendWindow -= size;
    this.#ready?.delete(stream);
    if (!last && stream.sendWindow > 0) this.#await(stream);
    if (size >= WORTHY_PIECE) this.#events.dataSent();
    if (last) this.#finish(stream, stream.queueEnd);
    if (stream.awaited && stream.queuedBytes <= this.#limits.streamHighWater / 2) {
      stream.awaited = false;
      if (canSend(stream.state)) this.#events.writable(stream);
    }
  }

  /** The queue has run empty: what was to follow it follows. */
  #finish(stream: StreamRecord<User>, end: QueueEnd): void {
    stream.queue = null;
    if (end.kind === "end_stream") this.#events.localEnded(stream);
    else if (end.kind === "trailers") this.writeHeaders(stream, end.headers, end.extra, true);
  }

  /** Sends a header section whose fields are checked, and that nothing goes before. */
  writeHeaders(
    stream: StreamRecord<User>,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
  ): void {
    const { output } = this;
    output.end = output.reserve(FRAME_HEADER_LENGTH) + FRAME_HEADER_LENGTH;
    const before = output.length;
    this.#hpack().encode(headers, extra, output);
    encodeHeaders(output, output.length - before, stream.id, endStream, this.peer.maxFrameSize);
    if (endStream) this.#events.localEnded(stream);
  }

  /** A change of the initial window changes the window of every stream (section 6.9.2). */
  #setInitialWindow(value: number, streams: Iterable<StreamRecord<User>>): void {
    const change = value - this.peer.initialWindowSize;
    this.peer.initialWindowSize = value;
    for (const stream of streams) {
      if (stream.sendWindow + change > MAX_31_BITS) {
        throw connectionError("FLOW_CONTROL_ERROR", "A setting takes a window over 2^31-1");
      }
      this.#shift(stream, change);
    }
  }

  #shift(stream: StreamRecord<User>, change: number): void {
    stream.sendWindow += change;
    if (stream.queuedBytes === 0) return;
    if (stream.sendWindow > 0) this.#await(stream);
    else this.#ready?.delete(stream);
  }

  #checkOpen(stream: StreamRecord<User>): void {
    if (canSend(stream.state) && stream.queueEnd.kind === "open") return;
    throw streamError(stream.id, "INTERNAL_ERROR", "Our side of the stream has ended already");
  }

  /** Refuses fields that may not be sent, or that the peer does not take. */
  checkFields(streamId: number, headers: PreparedHeaders, extra: readonly string[]): void {
    let size = headers.listSize;
    for (let i = 0; i + 1 < extra.length; i += 2) {
      const kind = kindOf(new HeaderField(extra[i], extra[i + 1]));
      if (kind < FieldKind.REGULAR || kind === FieldKind.MALFORMED) {
        throw streamError(streamId, "INTERNAL_ERROR", `The field ${extra[i]} may not be sent`);
      }
      size += extra[i].length + extra[i + 1].length + FIELD_OVERHEAD;
    }
    if (size > this.peer.maxHeaderListSize) {
      throw streamError(
        streamId,
        "INTERNAL_ERROR",
        `The peer takes ${this.peer.maxHeaderListSize} bytes of headers and there are ${size}`,
      );
    }
  }
}
