/** The streams of a connection. @module */
import type { Control } from "./_control.ts";
import { checkFields } from "./_header_writer.ts";
import type { ConnectionParts } from "./_parts.ts";
import type { RateLimiters } from "./_rate_limiter.ts";
import { Receive } from "./_receive.ts";
import { RecentlyReset } from "./_recently_reset.ts";
import { Send, type SendOwner } from "./_send.ts";
import { Stream, type StreamOperations } from "./_stream.ts";
import { StreamTable } from "./_stream_table.ts";
import { ErrorCode } from "./error_codes.ts";
import { connectionError, type Http2Error, streamError } from "./errors.ts";
import { checkData, encodeRstStream, FrameFlag, MAX_31_BITS, paddingLength } from "./frame/mod.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { HeaderList } from "./header_list.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import type { ConnectionStatistics, Http2Connection, ResetOrigin } from "./http2_connection.ts";
import type { Limits } from "./limits.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import { canReceive, endLocal, StreamState } from "./stream_state.ts";

/** The connection of `Streams`. */
export interface StreamsOwner<User> extends Http2Connection<User> {
  /** Called each time the last open stream is closed. */
  onNoStreams(): void;
}

/**
 * The streams of a connection (RFC 9113 section 5): their opening, their frames in both directions, and
 * their end. The connection's halves of flow control are `send` and `receive`.
 */
export class Streams<User> implements StreamOperations<User>, SendOwner<User> {
  readonly connection: StreamsOwner<User>;
  readonly handler: ConnectionHandler<User>;
  readonly limits: Limits;
  readonly output: OutputBuffer;
  readonly rates: RateLimiters;
  readonly statistics: ConnectionStatistics;
  readonly send: Send<User>;
  readonly receive: Receive<User>;
  /** The highest stream that the peer has opened. */
  lastPeerId = 0;
  /** The next stream that this side opens: odd on a client, even on a server, which opens none. */
  nextLocalId: number;
  /** False once the connection drains: streams that the peer opens are ignored. */
  acceptsNew = true;
  readonly #table = new StreamTable<Stream<User>>();
  /** Created for the first stream that this side resets. */
  #recentlyReset: RecentlyReset | undefined = undefined;
  /** The stream of the last frame: the next frame is likely to be for the same. */
  #recent: Stream<User> | undefined = undefined;

  constructor(
    connection: StreamsOwner<User>,
    parts: ConnectionParts<User>,
    control: Control,
    firstLocalId: number,
  ) {
    this.connection = connection;
    this.handler = parts.handler;
    this.limits = parts.config.limits;
    this.output = parts.output;
    this.rates = parts.rates;
    this.statistics = parts.statistics;
    this.nextLocalId = firstLocalId;
    this.send = new Send(parts, this.#table, this);
    this.receive = new Receive(parts, control, this.#table);
  }

  /** Number of streams that are not closed. */
  get size(): number {
    return this.#table.size;
  }

  /** A copy of the list of streams that are not closed. */
  list(): Stream<User>[] {
    return [...this.#table.values()];
  }

  find(id: number): Stream<User> | undefined {
    const recent = this.#recent;
    if (recent !== undefined && recent.id === id) return recent;
    return this.#recent = this.#table.get(id);
  }

  /** True for a stream that was never opened (the state `idle` of section 5.1). */
  isIdle(id: number): boolean {
    return this.#isLocal(id) ? id >= this.nextLocalId : id > this.lastPeerId;
  }

  /** Adds a stream that either side opens. */
  open(id: number): Stream<User> {
    const { initialWindowSize } = this.send.peer;
    const stream = new Stream<User>(id, this, initialWindowSize, this.receive.initialWindow);
    this.#table.set(id, stream);
    this.#recent = stream;
    this.statistics.streamsOpened++;
    this.rates.priorities?.give(2);
    return stream;
  }

  /** Number of streams that this side may open now. */
  get available(): number {
    if (this.nextLocalId > MAX_31_BITS) return 0;
    return Math.max(0, this.send.peer.maxConcurrentStreams - this.size);
  }

  /** Opens a stream of this side, as `Http2ClientConnection.openStream()`. */
  openLocal(
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
    user: User | undefined,
  ): Stream<User> {
    checkFields(this.nextLocalId, headers, extra, this.send.peer.maxHeaderListSize);
    const stream = this.open(this.nextLocalId);
    this.nextLocalId += 2;
    stream.user = user;
    // At once, and never from a queue: the ids of new streams must increase (section 5.1.1).
    this.send.writeHeaders(stream, headers, extra, endStream);
    return stream;
  }

  sendHeaders(
    stream: Stream<User>,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
  ): void {
    if (stream.state === StreamState.CLOSED) return;
    this.send.sendHeaders(stream, headers, extra, endStream);
  }

  sendData(
    stream: Stream<User>,
    prefix: Uint8Array,
    bytes: Uint8Array,
    endStream: boolean,
  ): boolean {
    if (stream.state === StreamState.CLOSED) return true;
    return this.send.sendData(stream, prefix, bytes, endStream);
  }

  reset(stream: Stream<User>, errorCode: number): void {
    if (stream.state === StreamState.CLOSED) return;
    this.writeReset(stream.id, errorCode);
    this.#close(stream);
  }

  stopPeer(stream: Stream<User>): void {
    if (stream.state === StreamState.HALF_CLOSED_LOCAL) this.reset(stream, ErrorCode.NO_ERROR);
    else stream.stopsPeer = true;
  }

  consume(stream: Stream<User>, size: number): void {
    if (stream.state !== StreamState.CLOSED) this.receive.consume(stream, size);
  }

  /** Sends RST_STREAM, for a stream that is open or for one that is refused. */
  writeReset(id: number, errorCode: number): void {
    encodeRstStream(this.output, id, errorCode);
    this.expectLateFrames(id);
  }

  /** Ignores the frames that the peer may still send on a stream that is closed or refused. */
  expectLateFrames(id: number): void {
    this.#recentlyReset ??= new RecentlyReset(this.limits.maxConcurrentStreams);
    this.#recentlyReset.add(id);
  }

  /** Ends a stream for another reason than `reset()`, and reports it to the application. */
  abort(stream: Stream<User>, errorCode: number, origin: ResetOrigin): void {
    this.#forget(stream);
    this.handler.onReset(stream, errorCode, origin);
    this.handler.onStreamClosed(stream);
    if (this.size === 0) this.connection.onNoStreams();
  }

  /** Resets the streams whose own windows the peer has kept closed for too long. */
  resetStalled(now: number): void {
    for (const stream of this.send.checkProgress(now)) {
      if (stream.state === StreamState.CLOSED) continue;
      this.writeReset(stream.id, ErrorCode.ENHANCE_YOUR_CALM);
      this.abort(stream, ErrorCode.ENHANCE_YOUR_CALM, "stalled");
    }
  }

  /**
   * Resets a stream for an error of the peer (section 5.4.2).
   *
   * @throws {Http2Error} ENHANCE_YOUR_CALM over the limit `provokedResets` (CVE-2025-8671)
   */
  fail(id: number, error: Http2Error): void {
    this.rates.take("provokedResets");
    const stream = this.#table.get(id);
    this.writeReset(id, error.errorCode);
    if (stream !== undefined) this.abort(stream, error.errorCode, "local");
  }

  /** Closes a stream if both sides have ended. To be called after the handler's event. */
  closeIfEnded(stream: Stream<User>): void {
    if (stream.state !== StreamState.CLOSED || !this.#table.has(stream.id)) return;
    this.rates.resets?.give(1);
    this.#close(stream);
  }

  receiveData(bytes: Uint8Array, at: number, length: number, flags: number, id: number): void {
    checkData(id);
    const padding = paddingLength(bytes, at, length, flags);
    const start = (flags & FrameFlag.PADDED) === 0 ? at : at + 1;
    const end = at + length - padding;
    const endStream = (flags & FrameFlag.END_STREAM) !== 0;
    if (start === end && !endStream) this.rates.take("emptyFrames");
    // Section 6.9: also for a frame that is ignored.
    this.receive.takeFromConnection(length);
    const stream = this.find(id);
    if (stream === undefined || !canReceive(stream.state)) {
      this.receive.returnToConnection(length);
      return this.#receiveLate(id, stream, "DATA");
    }
    this.receive.takeFromStream(stream, length, end - start);
    if (endStream) this.receive.endRemote(stream);
    if (length > end - start) this.consume(stream, length - (end - start));
    this.handler.onData(stream, bytes, start, end, endStream);
    if (endStream) this.closeIfEnded(stream);
  }

  /** Takes the trailer section of a request or a response (section 8.1), which ends the peer's side. */
  receiveTrailers(stream: Stream<User>, list: HeaderList, endStream: boolean): void {
    const fault = endStream ? list.trailersFault() : "A trailer section does not end its stream";
    if (fault !== "") throw streamError(stream.id, "PROTOCOL_ERROR", fault);
    this.receive.endRemote(stream);
    this.handler.onTrailers(stream, list);
    this.closeIfEnded(stream);
  }

  /** Takes a header section on a stream on which the peer may not send. */
  receiveLateHeaders(id: number, stream: Stream<User> | undefined): void {
    // Windows bound late DATA, but no window bounds late header sections. Responses to calls that we have reset are not
    // counted: a thousand calls that time out together are answered together.
    if (!this.#recentlyReset?.takeSection()) this.rates.take("strayFrames");
    this.#receiveLate(id, stream, "HEADERS");
  }

  receiveReset(id: number, errorCode: number): void {
    const stream = this.find(id);
    if (stream === undefined) {
      // Section 6.4.
      if (this.isIdle(id)) throw connectionError("PROTOCOL_ERROR", "An idle stream is reset");
      return this.rates.take("strayFrames");
    }
    this.rates.take("resets");
    this.abort(stream, errorCode, "peer");
  }

  receiveWindowUpdate(id: number, increment: number): void {
    this.rates.take("windowUpdates");
    if (id === 0) return this.send.widenConnection(increment);
    const stream = this.find(id);
    if (stream !== undefined) return this.send.widenStream(stream, increment);
    // Section 5.1: an error in the idle state, and to be expected for a while after the end.
    if (this.isIdle(id)) {
      throw connectionError("PROTOCOL_ERROR", "An idle stream's window is updated");
    }
  }

  /** True for the ids of streams that this side opens. */
  #isLocal(id: number): boolean {
    return id % 2 === this.nextLocalId % 2;
  }

  /** Takes a frame for a stream on which the peer may not send, or not yet (section 5.1). */
  #receiveLate(id: number, stream: Stream<User> | undefined, type: string): void {
    if (stream !== undefined) {
      throw streamError(id, "STREAM_CLOSED", `${type} comes after END_STREAM`);
    }
    if (this.isIdle(id)) throw connectionError("PROTOCOL_ERROR", `${type} is on an idle stream`);
    // A client may reset thousands of its streams, and late frames on them are not the server's fault.
    if (this.#isLocal(id) || this.#recentlyReset?.has(id)) return;
    throw connectionError("STREAM_CLOSED", `${type} is on a closed stream`);
  }

  localEnded(stream: Stream<User>): void {
    stream.state = endLocal(stream.state);
    if (stream.stopsPeer && canReceive(stream.state)) this.reset(stream, ErrorCode.NO_ERROR);
    else this.closeIfEnded(stream);
  }

  #close(stream: Stream<User>): void {
    this.#forget(stream);
    this.handler.onStreamClosed(stream);
    if (this.size === 0) this.connection.onNoStreams();
  }

  /** Removes a stream, and returns the connection's credit for the bytes that it held. */
  #forget(stream: Stream<User>): void {
    stream.state = StreamState.CLOSED;
    this.send.drop(stream);
    this.#table.delete(stream.id);
    if (this.#recent === stream) this.#recent = undefined;
    const { held } = stream.receiveWindow;
    if (held > 0) this.receive.returnToConnection(held);
  }
}
