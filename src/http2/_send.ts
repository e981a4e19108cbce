/** The sending half of a connection. @module */
import { checkFields, HeaderWriter } from "./_header_writer.ts";
import type { ConnectionParts } from "./_parts.ts";
import type { RateLimiters } from "./_rate_limiter.ts";
import { DEFAULT_WINDOW, PeerSettings } from "./_peer_settings.ts";
import { SendProgress } from "./_send_progress.ts";
import { type HeaderSection, QUEUE_END_STREAM, type SendQueue } from "./_send_queue.ts";
import { SendTurns } from "./_send_turns.ts";
import type { Stream } from "./_stream.ts";
import type { StreamTable } from "./_stream_table.ts";
import { connectionError, streamError } from "./errors.ts";
import {
  encodeData,
  FRAME_HEADER_LENGTH,
  FrameFlag,
  FrameType,
  MAX_31_BITS,
  type Setting,
  SettingId,
  writeFrameHeader,
} from "./frame/mod.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import type { Limits } from "./limits.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import { canSend } from "./stream_state.ts";

/** A DATA frame that a small window has cut to less than this earns the peer no further WINDOW_UPDATE frames. */
const WORTHY_PIECE = 256;

const NO_BYTES = new Uint8Array(0);
const NO_STREAMS: readonly never[] = [];

/** Receiver of the end of streams: `Streams`, which depends on `Send`, and not the reverse. */
export interface SendOwner<User> {
  /** END_STREAM of our side was written to the output. */
  localEnded(stream: Stream<User>): void;
}

/**
 * The sending half of a connection: HEADERS and DATA under the peer's settings, and flow control for
 * them (RFC 9113 section 5.2). Frames wait in the queues of their streams while windows are closed, or while the
 * transport does not take the output. Queues with DATA take turns frame by frame.
 */
export class Send<User> {
  readonly peer = new PeerSettings();
  readonly #output: OutputBuffer;
  readonly #limits: Limits;
  readonly #rates: RateLimiters;
  readonly #handler: ConnectionHandler<User>;
  readonly #streams: StreamTable<Stream<User>>;
  readonly #owner: SendOwner<User>;
  readonly #headers: HeaderWriter;
  readonly #turns = new SendTurns<User>();
  /** The connection's window. */
  #window = DEFAULT_WINDOW;
  #pumping = false;
  /** Created when bytes first wait at a tick. */
  #progress: SendProgress | undefined = undefined;

  constructor(
    parts: ConnectionParts<User>,
    streams: StreamTable<Stream<User>>,
    owner: SendOwner<User>,
  ) {
    this.#output = parts.output;
    this.#limits = parts.config.limits;
    this.#rates = parts.rates;
    this.#handler = parts.handler;
    this.#streams = streams;
    this.#owner = owner;
    this.#headers = new HeaderWriter(parts.output, parts.config.limits.maxEncoderTableSize);
  }

  /** Bytes of DATA in the queues of all streams. */
  get queuedBytes(): number {
    return this.#turns.queuedBytes;
  }

  /** Bytes of memory that the output and the queues take. */
  get unsentBytes(): number {
    return this.#output.bytes.length + this.#turns.cost;
  }

  /** Sends a header section, behind the DATA that is queued. */
  sendHeaders(
    stream: Stream<User>,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
  ): void {
    checkSendable(stream);
    const size = checkFields(stream.id, headers, extra, this.peer.maxHeaderListSize);
    if (stream.queue === null && this.#outputHasRoom) {
      return this.writeHeaders(stream, headers, extra, endStream);
    }
    const section = { headers, extra, size };
    if (endStream) {
      this.#turns.change(stream, (queue) => queue.end = { kind: "trailers", section });
    } else if (stream.queue === null) {
      this.#turns.change(stream, (queue) => queue.head = section);
    } else {
      throw streamError(stream.id, "INTERNAL_ERROR", "Headers cannot be sent between queued DATA");
    }
  }

  /** Writes a header section with checked fields, ahead of all queued frames. */
  writeHeaders(
    stream: Stream<User>,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
  ): void {
    this.#headers.write(stream.id, headers, extra, endStream, this.peer.maxFrameSize);
    if (endStream) this.#owner.localEnded(stream);
  }

  /** Sends DATA, as `Http2Stream.sendPrefixed()`. */
  sendData(
    stream: Stream<User>,
    prefix: Uint8Array,
    bytes: Uint8Array,
    endStream: boolean,
  ): boolean {
    checkSendable(stream);
    const size = prefix.length + bytes.length;
    if (size === 0 && !endStream) return true;
    if (stream.queue === null && this.#outputHasRoom && this.#fits(stream, size)) {
      const sent = this.#sendFrames(stream, prefix, bytes, endStream);
      if (sent === bytes.length || !canSend(stream.state)) return true;
      return this.#enqueue(stream, NO_BYTES, bytes.subarray(sent), endStream);
    }
    return this.#enqueue(stream, prefix, bytes, endStream);
  }

  /** Writes DATA frames for which the windows are open, while the output has room. Returns the bytes of `bytes` sent. */
  #sendFrames(
    stream: Stream<User>,
    prefix: Uint8Array,
    bytes: Uint8Array,
    endStream: boolean,
  ): number {
    const { maxFrameSize } = this.peer;
    let at = 0;
    do {
      const end = Math.min(bytes.length, at + maxFrameSize - prefix.length);
      const isLast = end === bytes.length;
      const size = prefix.length + end - at;
      this.#window -= size;
      stream.sendWindow -= size;
      encodeData(this.#output, stream.id, prefix, bytes, at, end, endStream && isLast);
      this.#allowAnswers();
      prefix = NO_BYTES;
      at = end;
    } while (at < bytes.length && (this.#outputHasRoom || this.#makesRoom(stream)));
    if (endStream && at === bytes.length) this.#owner.localEnded(stream);
    return at;
  }

  /** Makes the application send the full output at once. Returns true if the stream can send more DATA. */
  #makesRoom(stream: Stream<User>): boolean {
    // Queued frames of other streams have their turn first.
    if (this.#handler.onFull === undefined || this.#turns.cost > 0) return false;
    this.#pumping = true;
    try {
      this.#handler.onFull(stream);
    } finally {
      this.#pumping = false;
    }
    return this.#outputHasRoom && canSend(stream.state);
  }

  /** Queues DATA, and sends as much as the windows and the output allow. */
  #enqueue(
    stream: Stream<User>,
    prefix: Uint8Array,
    bytes: Uint8Array,
    endStream: boolean,
  ): boolean {
    const size = prefix.length + bytes.length;
    const { maxQueuedBytes, streamHighWater } = this.#limits;
    if (this.queuedBytes + size > maxQueuedBytes) {
      throw streamError(stream.id, "ENHANCE_YOUR_CALM", "Too much data waits for the peer", {
        limit: "maxQueuedBytes",
      });
    }
    this.#turns.change(stream, (queue) => {
      if (size > 0) queue.push(prefix, bytes);
      if (endStream) queue.end = QUEUE_END_STREAM;
    });
    this.pump();
    stream.awaitsWritable = stream.queuedBytes > streamHighWater;
    return !stream.awaitsWritable;
  }

  /** Sends the queued frames for which the windows and the output have room. */
  pump(): void {
    if (this.#pumping || this.#turns.cost === 0) return;
    this.#pumping = true;
    try {
      for (const stream of this.#turns.windowless) {
        if (!this.#outputHasRoom) return;
        this.#sendWindowless(stream);
      }
      // After its turn a stream moves to the end of the set, and so is visited again.
      for (const stream of this.#turns.ready) {
        if (this.#window <= 0 || !this.#outputHasRoom) return;
        this.#sendFrame(stream);
      }
    } finally {
      this.#pumping = false;
    }
  }

  /** Removes `size` bytes from the output, which the transport has sent. */
  outputTaken(size: number): void {
    this.#output.consume(size);
    this.#progress?.outputTaken(size);
  }

  /** Drops the queue of a stream that is closed. */
  drop(stream: Stream<User>): void {
    this.#turns.drop(stream);
  }

  /** Widens the connection's window (section 6.9.1). */
  widenConnection(increment: number): void {
    if (this.#window + increment > MAX_31_BITS) {
      throw connectionError("FLOW_CONTROL_ERROR", "The connection's window goes over 2^31-1");
    }
    this.#window += increment;
    this.pump();
  }

  /** Widens a stream's window (section 6.9.1). */
  widenStream(stream: Stream<User>, increment: number): void {
    if (stream.sendWindow + increment > MAX_31_BITS) {
      throw streamError(stream.id, "FLOW_CONTROL_ERROR", "A stream's window goes over 2^31-1");
    }
    this.#shiftWindow(stream, increment);
    this.pump();
  }

  /**
   * Applies the peer's SETTINGS in order (section 6.5.3). Frames that they allow are sent by `pump()`, which must follow
   * the acknowledgment.
   *
   * @throws {Http2Error} FLOW_CONTROL_ERROR, PROTOCOL_ERROR
   */
  applySettings(settings: readonly Setting[]): void {
    const { maxSendFrameSize } = this.#limits;
    for (const { id, value } of settings) {
      if (id === SettingId.HEADER_TABLE_SIZE) this.#headers.setTableSize(value);
      const change = this.peer.apply(id, value, maxSendFrameSize);
      if (change !== 0) this.#shiftWindows(change);
    }
  }

  /**
   * Checks the progress of all bytes that wait. To be called about once a second.
   *
   * @returns the streams whose own windows the peer has kept closed for too long
   * @throws {Http2Error} as `SendProgress.check()`
   */
  checkProgress(now: number): readonly Stream<User>[] {
    if (this.#output.length > 0 || this.queuedBytes > 0) this.#progress ??= new SendProgress();
    if (this.#progress === undefined) return NO_STREAMS;
    const streams = this.queuedBytes === 0 ? NO_STREAMS : this.#streams.values();
    return this.#progress.check(now, this.#output.length, streams, this.#limits.stallTimeout);
  }

  get #outputHasRoom(): boolean {
    return this.#output.length < this.#limits.outputHighWater;
  }

  /**
   * True when DATA of this size fits into the windows; without bytes it needs none. During `pump()` several frames do
   * not fit, because they would precede other streams out of turn.
   */
  #fits(stream: Stream<User>, size: number): boolean {
    if (size === 0) return true;
    if (size > stream.sendWindow || size > this.#window) return false;
    return size <= this.peer.maxFrameSize || !this.#pumping;
  }

  /** Allows the frames with which a peer answers DATA: window updates, and PINGs that measure the path. */
  #allowAnswers(): void {
    this.#rates.windowUpdates?.give(4);
    this.#rates.pings?.give(1);
  }

  /** Sends the headers at the front of a queue, or its end if no DATA precedes that. */
  #sendWindowless(stream: Stream<User>): void {
    const queue = stream.queue!;
    const { head } = queue;
    this.#turns.remove(stream);
    if (head !== undefined) {
      this.#turns.cost -= head.size;
      queue.head = undefined;
      this.#writeSection(stream, head, false);
    }
    if (queue.length > 0) return this.#turns.schedule(stream);
    if (queue.end.kind === "end_stream") {
      encodeData(this.#output, stream.id, NO_BYTES, NO_BYTES, 0, 0, true);
    }
    this.#finish(stream, queue);
  }

  /** Sends one DATA frame of a queue. */
  #sendFrame(stream: Stream<User>): void {
    const queue = stream.queue!;
    const size = Math.min(queue.length, stream.sendWindow, this.#window, this.peer.maxFrameSize);
    const last = size === queue.length;
    this.#takeFrame(stream, queue, size, last && queue.end.kind === "end_stream");
    if (last) this.#finish(stream, queue);
    if (stream.awaitsWritable) this.#tellWritable(stream);
  }

  /** Moves `size` bytes of a queue into a DATA frame, and puts the stream behind the others. */
  #takeFrame(stream: Stream<User>, queue: SendQueue, size: number, endStream: boolean): void {
    const output = this.#output;
    const turns = this.#turns;
    const at = output.reserve(FRAME_HEADER_LENGTH + size);
    const flags = endStream ? FrameFlag.END_STREAM : 0;
    writeFrameHeader(output.bytes, at, size, FrameType.DATA, flags, stream.id);
    turns.remove(stream);
    const before = queue.cost;
    queue.take(output.bytes, at + FRAME_HEADER_LENGTH, size);
    output.end = at + FRAME_HEADER_LENGTH + size;
    turns.cost += queue.cost - before;
    turns.queuedBytes -= size;
    this.#window -= size;
    stream.sendWindow -= size;
    queue.meter.progress += size;
    this.#progress?.dataTaken(size);
    if (queue.length > 0) turns.schedule(stream);
    if (size >= WORTHY_PIECE) this.#allowAnswers();
  }

  /** Sends the end of a queue that has no DATA left, and drops the queue. */
  #finish(stream: Stream<User>, { end }: SendQueue): void {
    this.drop(stream);
    if (end.kind === "end_stream") this.#owner.localEnded(stream);
    else if (end.kind === "trailers") this.#writeSection(stream, end.section, true);
  }

  #writeSection(stream: Stream<User>, { headers, extra }: HeaderSection, endStream: boolean): void {
    this.writeHeaders(stream, headers, extra, endStream);
  }

  #tellWritable(stream: Stream<User>): void {
    if (stream.queuedBytes > this.#limits.streamHighWater / 2) return;
    stream.awaitsWritable = false;
    if (canSend(stream.state)) this.#handler.onWritable(stream);
  }

  /** Changes the window of every stream after a change of its initial size (section 6.9.2). */
  #shiftWindows(change: number): void {
    for (const stream of this.#streams.values()) {
      if (stream.sendWindow + change > MAX_31_BITS) {
        throw connectionError("FLOW_CONTROL_ERROR", "A setting takes a window over 2^31-1");
      }
      this.#shiftWindow(stream, change);
    }
  }

  #shiftWindow(stream: Stream<User>, change: number): void {
    stream.sendWindow += change;
    this.#turns.schedule(stream);
  }
}

function checkSendable<User>({ id, state, queue }: Stream<User>): void {
  if (canSend(state) && (queue === null || queue.end.kind === "open")) return;
  throw streamError(id, "INTERNAL_ERROR", "Our side of the stream has ended already");
}
