import { LateStreams } from "./_late_streams.ts";
import { type OnPingAck, Pings } from "./_pings.ts";
import { RateLimiters } from "./_rate_limiter.ts";
import { ReceiveFlow, type ReceiveFlowHost } from "./_receive_flow.ts";
import { Sender, type SenderEvents } from "./_sender.ts";
import { type StreamOwner, StreamRecord } from "./_stream_record.ts";
import { Watchdog } from "./_watchdog.ts";
import type { Http2Config } from "./config.ts";
import { ErrorCode, errorCodeName } from "./error_codes.ts";
import { connectionError, Http2Error } from "./errors.ts";
import {
  encodeGoaway,
  encodeRstStream,
  encodeSettings,
  MAX_31_BITS,
  type Setting,
} from "./frame/mod.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { PreparedHeaders } from "./hpack/mod.ts";
import type { ConnectionPhase, ConnectionStatistics, ResetOrigin } from "./http2_connection.ts";
import type { Limits } from "./limits.ts";
import type { OutputBuffer } from "./output_buffer.ts";
import { StreamTable } from "./_stream_table.ts";
import { canReceive, endLocal, StreamState } from "./stream_state.ts";

/** DATA pieces smaller than this, cut by a small window, do not pay for window updates. */
const WORTHY_PIECE = 256;

const OPEN: ConnectionPhase = { kind: "open" };
const ANNOUNCED: ConnectionPhase = { kind: "announced" };
const NO_STREAMS = new StreamTable<never>();

/**
 * What a connection is but for the frames that come in: its streams, its life from the preface to the
 * last GOAWAY, and what it sends. `FrameConnection` adds the frames, and the two roles the rest.
 *
 * A server holds thousands that are idle, so what not every connection needs is made when it is needed.
 */
export abstract class ConnectionCore<User>
  implements StreamOwner<User>, SenderEvents<User>, ReceiveFlowHost<User> {
  user: unknown = undefined;
  readonly statistics: ConnectionStatistics = {
    bytesReceived: 0,
    framesReceived: 0,
    streamsOpened: 0,
    resetsReceived: 0,
    resetsSent: 0,
    limitCrossed: undefined,
  };
  protected readonly limits: Limits;
  protected readonly handler: ConnectionHandler<User>;
  protected readonly rates: RateLimiters;
  protected readonly sender: Sender<User>;
  protected readonly flow: ReceiveFlow<User>;
  protected readonly watchdog: Watchdog;
  /** Our PINGs, once there was one. */
  protected pings: Pings | undefined = undefined;
  /** The streams that we have ended, once there was one. */
  protected late: LateStreams | undefined = undefined;
  /** The last time that the owner has told. */
  protected now: number;
  /** The highest stream that the peer has opened. */
  protected lastPeerStreamId = 0;
  protected settingsReceived = false;
  /** SETTINGS frames of ours without an acknowledgment. */
  protected settingsPending = 0;
  /** The stream of the last frame: the next is likely to be for the same. */
  protected recent: StreamRecord<User> | undefined = undefined;
  #streams: StreamTable<StreamRecord<User>> | undefined = undefined;
  #phase: ConnectionPhase = OPEN;

  constructor(config: Http2Config, handler: ConnectionHandler<User>, now: number) {
    const { limits } = config;
    this.limits = limits;
    this.handler = handler;
    this.now = now;
    this.rates = new RateLimiters(limits, now);
    this.watchdog = new Watchdog(limits, now);
    this.sender = new Sender(limits, this);
    this.flow = new ReceiveFlow(config, this);
  }

  get phase(): ConnectionPhase {
    return this.#phase;
  }

  get closed(): boolean {
    return this.#phase.kind === "closed";
  }

  get output(): OutputBuffer {
    return this.sender.output;
  }

  get streamCount(): number {
    return this.streams.size;
  }

  get queuedBytes(): number {
    return this.sender.queuedBytes;
  }

  get unsentBytes(): number {
    return this.sender.unsentBytes;
  }

  abstract receive(bytes: Uint8Array, now: number, start?: number, end?: number): void;

  sent(size: number, now: number): void {
    this.now = now;
    this.output.consume(size);
    this.watchdog.outputMoved(size);
    if (!this.closed) this.guard(() => this.sender.pump());
  }

  tick(now: number): void {
    this.now = now;
    if (this.closed) return;
    this.guard(() => {
      const held = this.sender.checkProgress(now, this.streams.values(), (stream) => {
        this.writeReset(stream.id, ErrorCode.ENHANCE_YOUR_CALM);
        this.abortStream(stream, ErrorCode.ENHANCE_YOUR_CALM, "stalled");
      });
      this.watchdog.check(
        now,
        this.settingsReceived,
        this.settingsPending > 0,
        this.output.length,
        held,
      );
    });
  }

  ping(onAck: OnPingAck): boolean {
    if (this.closed) return false;
    this.pings ??= new Pings();
    return this.pings.send(this.output, this.limits.maxPendingPings, onAck);
  }

  drain(): void {
    if (this.#phase.kind === "open") {
      this.#phase = ANNOUNCED;
      encodeGoaway(this.output, MAX_31_BITS, ErrorCode.NO_ERROR, "");
      if (!this.ping(() => this.#finishDrain())) this.#finishDrain();
    } else {
      this.#finishDrain();
    }
  }

  close(errorCode: number, debugData = ""): void {
    this.#end(
      errorCode === ErrorCode.NO_ERROR
        ? undefined
        : connectionError(errorCodeName(errorCode), debugData || "The connection was closed"),
      errorCode,
      debugData,
    );
  }

  disconnect(): void {
    this.#end(undefined, ErrorCode.NO_ERROR, "");
    this.output.clear();
  }

  /** For streams. */
  sendHeaders(
    stream: StreamRecord<User>,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
  ): void {
    if (stream.state !== StreamState.CLOSED) {
      this.sender.sendHeaders(stream, headers, extra, endStream);
    }
  }

  /** For streams. */
  sendData(
    stream: StreamRecord<User>,
    prefix: Uint8Array,
    bytes: Uint8Array,
    endStream: boolean,
  ): boolean {
    if (stream.state === StreamState.CLOSED) return true;
    try {
      return this.sender.sendData(stream, prefix, bytes, endStream);
    } catch (error) {
      if (!(error instanceof Http2Error) || error.scope.kind === "stream") throw error;
      this.fail(error);
      return true;
    }
  }

  /** For streams. */
  resetStream(stream: StreamRecord<User>, errorCode: number): void {
    if (stream.state === StreamState.CLOSED) return;
    this.writeReset(stream.id, errorCode);
    this.#closeStream(stream);
  }

  /** For streams. */
  stopPeer(stream: StreamRecord<User>): void {
    if (stream.state === StreamState.HALF_CLOSED_LOCAL) {
      this.resetStream(stream, ErrorCode.NO_ERROR);
    } else {
      stream.stopsPeer = true;
    }
  }

  /** For streams. */
  consume(stream: StreamRecord<User>, size: number): void {
    if (stream.state !== StreamState.CLOSED) this.flow.consumeStream(stream, size);
  }

  /** For the flow of what is received. */
  openStreams(): Iterable<StreamRecord<User>> {
    return this.streams.values();
  }

  /** For the flow of what is received, and for the roles' beginning. */
  sendSettings(settings: readonly Setting[]): void {
    if (this.settingsPending++ === 0) this.watchdog.settingsMoved(this.now);
    encodeSettings(this.output, settings);
  }

  /** For the sender: END_STREAM is in the output. */
  localEnded(stream: StreamRecord<User>): void {
    stream.state = endLocal(stream.state);
    if (stream.stopsPeer && canReceive(stream.state)) this.resetStream(stream, ErrorCode.NO_ERROR);
    else this.closeIfEnded(stream);
  }

  /** For the sender: a stream takes more again. */
  writable(stream: StreamRecord<User>): void {
    this.handler.onWritable(stream);
  }

  /** For the sender: a piece went out that had waited. */
  queuedDataSent(size: number): void {
    this.watchdog.dataMoved(size);
    if (size >= WORTHY_PIECE) this.dataSent();
  }

  /** For the sender: a message went out, or a piece that is worth a window update. */
  dataSent(): void {
    this.rates.windowUpdates?.give(4);
    this.rates.pings?.give(1);
  }

  /** The streams that are not closed. */
  protected get streams(): Pick<
    StreamTable<StreamRecord<User>>,
    "size" | "get" | "has" | "values"
  > {
    return this.#streams ?? NO_STREAMS;
  }

  /** Adds a stream, from either side. */
  protected addStream(id: number): StreamRecord<User> {
    const { initialWindowSize } = this.sender.peer;
    const stream = new StreamRecord<User>(id, this, initialWindowSize, this.flow.initialWindow);
    this.#streams ??= new StreamTable();
    this.#streams.set(id, stream);
    this.recent = stream;
    this.statistics.streamsOpened++;
    this.rates.priorities?.give(2);
    return stream;
  }

  /** No more streams: the connection ends with the last one. */
  protected beginDraining(): void {
    if (this.closed || this.#phase.kind === "draining") return;
    this.#phase = { kind: "draining", lastStreamId: this.lastPeerStreamId };
    this.#endIfDrained();
  }

  /** Closes a stream whose two sides have ended. To be called after the owner was told of it. */
  protected closeIfEnded(stream: StreamRecord<User>): void {
    if (stream.state === StreamState.CLOSED && this.streams.has(stream.id)) {
      this.rates.resets?.give(1);
      this.#closeStream(stream);
    }
  }

  /** Ends a stream for another reason than `reset()`, and tells the owner. */
  protected abortStream(
    stream: StreamRecord<User>,
    errorCode: number,
    origin: ResetOrigin,
  ): void {
    this.#forget(stream);
    this.handler.onReset(stream, errorCode, origin);
    this.handler.onStreamClosed(stream);
    this.#endIfDrained();
  }

  /** Runs what may find the peer at fault, and ends the connection if so. */
  protected guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      const ours = error instanceof Http2Error && error.scope.kind === "connection";
      this.fail(ours ? error : handlerError(error));
    }
  }

  /** The peer is at fault (section 5.4.1). */
  protected fail(error: Http2Error): void {
    this.statistics.limitCrossed ??= error.limit;
    this.#end(error, error.errorCode, error.message);
  }

  /** Takes a stream out, and gives the connection's window back what the stream held of it. */
  #forget(stream: StreamRecord<User>): void {
    stream.state = StreamState.CLOSED;
    this.sender.drop(stream);
    this.#streams?.delete(stream.id);
    if (this.recent === stream) this.recent = undefined;
    if (stream.receiveWindow.held > 0) this.flow.consume(stream.receiveWindow.held);
  }

  #closeStream(stream: StreamRecord<User>): void {
    this.#forget(stream);
    this.handler.onStreamClosed(stream);
    this.#endIfDrained();
  }

  /** Whether the peer may send on a stream that is closed, because it has not heard of the end yet. */
  protected mayBeLate(id: number): boolean {
    return this.late !== undefined && this.late.has(id);
  }

  /** Remembers a stream that the peer may send on for a while yet. */
  protected expectLate(id: number): void {
    this.late ??= new LateStreams(this.limits.maxConcurrentStreams);
    this.late.add(id);
  }

  /** Sends RST_STREAM, for a stream with a record or without. */
  protected writeReset(id: number, errorCode: number): void {
    this.statistics.resetsSent++;
    encodeRstStream(this.output, id, errorCode);
    this.expectLate(id);
  }

  #end(error: Http2Error | undefined, errorCode: number, debugData: string): void {
    if (this.closed) return;
    // Section 6.8: a later GOAWAY must not name a higher stream.
    const last = this.#phase.kind === "draining" ? this.#phase.lastStreamId : this.lastPeerStreamId;
    this.#phase = { kind: "closed", error };
    encodeGoaway(this.output, last, errorCode, debugData);
    this.pings?.clear();
    for (const stream of [...this.streams.values()]) {
      try {
        this.abortStream(stream, errorCode, "connection");
      } catch (cause) {
        // The other streams are to hear of the end all the same.
        this.#phase = { kind: "closed", error: handlerError(cause) };
      }
    }
    this.handler.onEnd(this, this.#phase.error);
  }

  #finishDrain(): void {
    if (this.#phase.kind !== "announced") return;
    encodeGoaway(this.output, this.lastPeerStreamId, ErrorCode.NO_ERROR, "");
    this.beginDraining();
  }

  #endIfDrained(): void {
    if (this.#phase.kind !== "draining" || this.streams.size > 0) return;
    this.#phase = { kind: "closed", error: undefined };
    this.handler.onEnd(this, undefined);
  }
}

/** The error of a connection whose owner's handler has thrown. */
function handlerError(cause: unknown): Http2Error {
  return connectionError("INTERNAL_ERROR", "A handler failed", { cause });
}
