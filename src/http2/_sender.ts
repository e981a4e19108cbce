import { FieldKind, kindOf } from "./_field_kind.ts";
import {
  checkInitialWindow,
  checkMaxFrameSize,
  DEFAULT_WINDOW,
  PeerSettings,
} from "./_peer_settings.ts";
import { type HeaderSection, QUEUE_END_STREAM, SendQueue } from "./_send_queue.ts";
import type { StreamRecord } from "./_stream_record.ts";
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
  /** A message went out without waiting. */
  dataSent(): void;
  /** A piece of this size went out that had waited. */
  queuedDataSent(size: number): void;
}

const NO_BYTES = new Uint8Array(0);

/**
 * The sending half of a connection: HEADERS and DATA under the peer's settings, and flow control for
 * them (RFC 9113 section 5.2). Frames that the windows, or an output that the transport does not take,
 * hold back wait in the queues of their streams; queues with DATA take turns frame by frame.
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
  /** Streams whose next frame is DATA, with an open window of their own, in turn. */
  #ready: Set<StreamRecord<User>> | undefined = undefined;
  /** Streams whose next frame needs no window: headers, trailers, an empty frame with END_STREAM. */
  #windowless: Set<StreamRecord<User>> | undefined = undefined;
  /** Bytes of memory that all queues take. */
  #queueCost = 0;
  #pumping = false;

  constructor(limits: Limits, events: SenderEvents<User>) {
    this.#limits = limits;
    this.#events = events;
  }

  /** Bytes of memory that the output and the queues take. */
  get unsentBytes(): number {
    return this.output.bytes.length + this.#queueCost;
  }

  /** Sends a header section, behind the DATA that is queued. */
  sendHeaders(
    stream: StreamRecord<User>,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
  ): void {
    this.#checkOpen(stream);
    const size = this.checkFields(stream.id, headers, extra);
    if (stream.queue === null && this.#outputHasRoom) {
      return this.writeHeaders(stream, headers, extra, endStream);
    }
    const section = { headers, extra, size };
    if (endStream) {
      this.#change(stream, (queue) => queue.end = { kind: "trailers", section });
    } else if (stream.queue === null) {
      this.#change(stream, (queue) => queue.head = section);
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
    if (size === 0 && !endStream) return true;
    if (stream.queue === null && this.#outputHasRoom && this.#fits(stream, size)) {
      this.#window -= size;
      stream.sendWindow -= size;
      encodeData(this.output, stream.id, prefix, bytes, 0, bytes.length, endStream);
      this.#events.dataSent();
      if (endStream) this.#events.localEnded(stream);
      return true;
    }
    if (this.queuedBytes + size > this.#limits.maxQueuedBytes) {
      throw streamError(stream.id, "ENHANCE_YOUR_CALM", "Too much data waits for the peer", {
        limit: "maxQueuedBytes",
      });
    }
    this.queuedBytes += size;
    this.#change(stream, (queue) => {
      if (size > 0) queue.push(prefix, bytes);
      if (endStream) queue.end = QUEUE_END_STREAM;
    });
    this.pump();
    stream.awaited = stream.queuedBytes > this.#limits.streamHighWater;
    return !stream.awaited;
  }

  /** Sends the queued frames for which the windows and the output have room. */
  pump(): void {
    if (this.#pumping || this.#queueCost === 0) return;
    this.#pumping = true;
    try {
      for (const stream of this.#windowless ?? []) {
        if (!this.#outputHasRoom) return;
        this.#sendWindowless(stream);
      }
      // A stream whose turn is over is put at the end of the set, and so visited again.
      for (const stream of this.#ready ?? []) {
        if (this.#window <= 0 || !this.#outputHasRoom) return;
        this.#sendFrame(stream);
      }
    } finally {
      this.#pumping = false;
    }
  }

  /**
   * Checks the progress of the streams with queued DATA.
   *
   * @param stalled is called for each stream whose own window the peer has kept closed for too long
   * @returns bytes of queued DATA that only the connection's window or a full output holds back
   */
  checkProgress(
    now: number,
    streams: Iterable<StreamRecord<User>>,
    stalled: (stream: StreamRecord<User>) => void,
  ): number {
    if (this.queuedBytes === 0) return 0;
    const { stallTimeout } = this.#limits;
    let held = 0;
    for (const stream of [...streams]) {
      const { queue } = stream;
      if (queue === null || queue.length === 0) continue;
      const late = queue.meter.stalled(now, queue.length, stallTimeout);
      if (stream.sendWindow > 0) held += queue.length;
      else if (late) stalled(stream);
    }
    return held;
  }

  /** Forgets the queue of a stream that is closed. */
  drop(stream: StreamRecord<User>): void {
    const { queue } = stream;
    if (queue === null) return;
    this.queuedBytes -= queue.length;
    this.#queueCost -= queue.cost;
    stream.queue = null;
    this.#ready?.delete(stream);
    this.#windowless?.delete(stream);
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
          this.peer.maxFrameSize = Math.min(value, this.#limits.maxSendFrameSize);
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

  get #outputHasRoom(): boolean {
    return this.output.length < this.#limits.outputHighWater;
  }

  /** Whether DATA of this size fits into one frame and into the windows; without bytes it needs none. */
  #fits(stream: StreamRecord<User>, size: number): boolean {
    return size === 0 ||
      size <= this.peer.maxFrameSize && size <= stream.sendWindow && size <= this.#window;
  }

  /** Changes the queue of a stream, which gets one where it has none, and keeps the turns and counts true. */
  #change(stream: StreamRecord<User>, change: (queue: SendQueue) => void): void {
    const known = stream.queue;
    const queue = stream.queue ??= new SendQueue();
    const before = known === null ? 0 : queue.cost;
    change(queue);
    this.#queueCost += queue.cost - before;
    this.#schedule(stream, queue);
  }

  /** Puts a stream at the end of those that wait for their turn, if its next frame could be sent. */
  #schedule(stream: StreamRecord<User>, queue: SendQueue): void {
    if (!queue.needsWindow) {
      // Behind DATA that was sent nothing is left to send until the application goes on.
      this.#windowless ??= new Set();
      this.#windowless.add(stream);
    } else if (stream.sendWindow > 0) {
      this.#ready ??= new Set();
      this.#ready.add(stream);
    }
  }

  /** Sends the headers at the front of a queue, or its end where no DATA is before that. */
  #sendWindowless(stream: StreamRecord<User>): void {
    const queue = stream.queue!;
    this.#windowless!.delete(stream);
    const { head } = queue;
    if (head !== undefined) {
      this.#queueCost -= head.size;
      queue.head = undefined;
      this.#write(stream, head, false);
    }
    if (queue.length > 0) return this.#schedule(stream, queue);
    if (queue.end.kind === "end_stream") {
      encodeData(this.output, stream.id, NO_BYTES, NO_BYTES, 0, 0, true);
    }
    this.#finish(stream, queue);
  }

  /** Sends one DATA frame of a queue. */
  #sendFrame(stream: StreamRecord<User>): void {
    const queue = stream.queue!;
    const { output } = this;
    const size = Math.min(queue.length, stream.sendWindow, this.#window, this.peer.maxFrameSize);
    const last = size === queue.length;
    const endStream = last && queue.end.kind === "end_stream";
    const at = output.reserve(FRAME_HEADER_LENGTH + size);
    const flags = endStream ? FrameFlag.END_STREAM : 0;
    writeFrameHeader(output.bytes, at, size, FrameType.DATA, flags, stream.id);
    const before = queue.cost;
    queue.take(output.bytes, at + FRAME_HEADER_LENGTH, size);
    output.end = at + FRAME_HEADER_LENGTH + size;
    queue.meter.progress += size;
    this.#queueCost += queue.cost - before;
    this.queuedBytes -= size;
    this.#window -= size;
    stream.sendWindow -= size;
    this.#ready!.delete(stream);
    if (!last) this.#schedule(stream, queue);
    this.#events.queuedDataSent(size);
    if (last) this.#finish(stream, queue);
    if (stream.awaited && stream.queuedBytes <= this.#limits.streamHighWater / 2) {
      stream.awaited = false;
      if (canSend(stream.state)) this.#events.writable(stream);
    }
  }

  /** Sends the end of a queue that has no DATA left, and drops the queue. */
  #finish(stream: StreamRecord<User>, queue: SendQueue): void {
    const { end } = queue;
    this.drop(stream);
    if (end.kind === "end_stream") this.#events.localEnded(stream);
    else if (end.kind === "trailers") this.#write(stream, end.section, true);
  }

  #write(stream: StreamRecord<User>, { headers, extra }: HeaderSection, endStream: boolean): void {
    this.writeHeaders(stream, headers, extra, endStream);
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
    const { queue } = stream;
    if (queue === null || !queue.needsWindow) return;
    if (stream.sendWindow > 0) this.#schedule(stream, queue);
    else this.#ready?.delete(stream);
  }

  #checkOpen(stream: StreamRecord<User>): void {
    if (canSend(stream.state) && (stream.queue === null || stream.queue.end.kind === "open")) {
      return;
    }
    throw streamError(stream.id, "INTERNAL_ERROR", "Our side of the stream has ended already");
  }

  /**
   * Checks that the fields may be sent, and that the peer takes so many.
   *
   * @returns the size of the list (RFC 7541 section 4.1)
   */
  checkFields(streamId: number, headers: PreparedHeaders, extra: readonly string[]): number {
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
    return size;
  }
}
