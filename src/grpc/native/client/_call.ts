/** A call of any kind and its attempts, one HTTP/2 stream each. @module */
import {
  ErrorCode,
  type HeaderList,
  type Http2Stream,
  type PreparedHeaders,
  type ResetOrigin,
  StreamState,
} from "../../../http2/mod.ts";
import { RpcError, StatusCode, type StatusName } from "../../mod.ts";
import { decompress, Deframer, isOneMessage, loadCompression, PREFIX_LENGTH } from "../mod.ts";
import { type CallStatus, headOf, statusOf, statusOfReset } from "./_call_status.ts";
import { type ChannelCore, closedError, type PendingCall } from "./_channel_core.ts";
import { MAX_TRANSPARENT_RETRIES } from "./_options.ts";
import { type Timed, Timer } from "./_timers.ts";
import type { ClientTransport, StreamUser } from "./_transport.ts";

/** The end of a call or of an attempt. */
export interface CallEnd extends CallStatus {
  /** The trailers received; undefined where the server sent no status. */
  readonly trailers?: HeaderList | undefined;
  readonly cause?: unknown;
  /** Forbids a retry. */
  readonly final?: boolean;
}

/**
 * A call, which makes one attempt after another until one ends it.
 *
 *     pending ── begin() ──▶ attempt under way ── status, failure ──▶ over
 *        ▲                        │
 *        └── not processed, retry ┘
 */
export abstract class Call implements PendingCall, Timed {
  due = Infinity;
  place = -1;
  order = 0;
  readonly waitForReady: boolean;
  readonly connection: number;
  protected readonly core: ChannelCore;
  /** The attempt under way, or the one that ended the call. */
  protected attempt: Attempt | undefined;
  /** The transport of the latest attempt. */
  protected transport: ClientTransport | undefined;
  /** Bytes on the wire of the messages that the application has not read. */
  #held = 0;
  #over = false;
  #transparentRetries = 0;

  constructor(core: ChannelCore, waitForReady: boolean, connection = -1) {
    this.core = core;
    this.waitForReady = waitForReady;
    this.connection = connection;
  }

  /** True once the call has ended. */
  get over(): boolean {
    return this.#over;
  }

  /** Returns the name of the server that has the call, or the names of all while none has. */
  peer(): string {
    return this.transport?.peer ?? this.core.settings.servers;
  }

  /** Makes an attempt, now or as soon as a transport has room. */
  makeAttempt(): void {
    if (!this.#over) this.core.start(this);
  }

  begin(transport: ClientTransport): void {
    const attempt = new Attempt(this, transport, this.core.settings.maxResponseBytes);
    try {
      const stream = transport.open(this.requestHeaders(), this.requestFields(), attempt);
      if (stream === undefined) return this.core.start(this);
      attempt.stream = stream;
    } catch (error) {
      return this.endSoon({
        code: StatusCode.INTERNAL,
        message: `The headers of the call cannot be sent: ${(error as Error).message}`,
        cause: error,
        final: true,
      });
    }
    this.transport = transport;
    this.attempt = attempt;
    this.send(attempt);
  }

  refuse(error: RpcError, final: boolean): void {
    this.end({ code: error.code, message: error.message, cause: error.cause, final });
  }

  /** Called when the deadline has passed. */
  abstract onDue(): void;

  /** Called by the attempt when the headers of a response have arrived, unless they end the call. */
  onHeaders(): void {}

  /** Called by the attempt with a message of the response; the buffer is valid during the call. */
  abstract onMessage(bytes: Uint8Array, start: number, end: number): void;

  /** Called by the attempt when its stream takes more DATA again. */
  onWritable(): void {}

  /** Called by the attempt when its stream was reset. Makes another attempt if no server has processed this one. */
  onReset(attempt: Attempt, errorCode: number, origin: ResetOrigin): void {
    const unprocessed = origin === "unprocessed" ||
      origin === "peer" && errorCode === ErrorCode.REFUSED_STREAM &&
        attempt.responseHeaders === undefined;
    if (unprocessed && this.#transparentRetries < MAX_TRANSPARENT_RETRIES && this.canRepeat()) {
      this.#transparentRetries++;
      this.abandonAttempt();
      return this.core.start(this);
    }
    if (origin === "connection" && this.core.closed) return this.refuse(closedError(), true);
    this.end(statusOfReset(errorCode, origin, attempt.transport.failure));
  }

  /** Holds back the flow-control credit of a message until the application takes the message. */
  hold(size: number): void {
    this.#held += size;
  }

  /** Returns the credit of a message that the application has read. */
  release(size: number): void {
    this.#held -= size;
    if (!this.#over) this.attempt?.returnCredit();
  }

  /** Bytes for which credit is held back. */
  get held(): number {
    return this.#held;
  }

  /** Fails the call with an error of this side, without a retry. */
  fail(code: StatusName, message: string, cause?: unknown): void {
    this.end({ code: StatusCode[code], message, cause, final: true });
  }

  /** Ends the call. Without effect on a call that is over. */
  end(end: CallEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.core.timers.clear(this);
    if (this.attempt === undefined) this.core.forget(this);
    else this.attempt.close(end.trailers !== undefined);
    this.onEnd(end);
  }

  /** Returns the request headers that all calls of the method share. */
  protected abstract requestHeaders(): PreparedHeaders;
  /** Returns the request fields of this call: name, value, name, value, … */
  protected abstract requestFields(): readonly string[];
  /** Sends the request on a new attempt, or starts to. */
  protected abstract send(attempt: Attempt): void;
  /** Called once, when the call has ended. */
  protected abstract onEnd(end: CallEnd): void;

  /** Returns true if the request can be sent again. */
  protected canRepeat(): boolean {
    return true;
  }

  /** Ends the call from the event loop, because callers expect no end while they make a call. */
  protected endSoon(end: CallEnd): void {
    this.core.timers.set(new Timer(() => this.end(end)), performance.now());
  }

  /** Abandons the current attempt before another one. */
  protected abandonAttempt(): void {
    this.attempt?.close(false);
    this.attempt = undefined;
  }
}

/** One attempt of a call: its stream, and the response read from it. */
export class Attempt implements StreamUser {
  readonly transport: ClientTransport;
  /** Set by the call as soon as the stream is open. */
  stream!: Http2Stream<StreamUser>;
  /** The response's headers; undefined before them, and for a response of trailers only. */
  responseHeaders: HeaderList | undefined;
  readonly #call: Call;
  /** Created for the first message that does not arrive as one complete DATA frame. */
  #deframer: Deframer | undefined;
  readonly #maxResponseBytes: number;
  /** Bytes of DATA for which no flow-control credit was returned. */
  #uncredited = 0;

  constructor(call: Call, transport: ClientTransport, maxResponseBytes: number) {
    this.#call = call;
    this.transport = transport;
    this.#maxResponseBytes = maxResponseBytes;
  }

  onHeaders(list: HeaderList, endStream: boolean): void {
    if (this.#call.over) return;
    if (endStream) return this.onTrailers(list);
    if (list.status < 200) return;
    const { fault, encoding } = headOf(list);
    loadCompression(encoding);
    if (this.#call.over) return;
    this.responseHeaders = list;
    if (fault !== undefined) this.#call.end(fault);
    else this.#call.onHeaders();
  }

  onData(bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    const call = this.#call;
    if (call.over) return;
    if (
      this.#deframer === undefined && end - start - PREFIX_LENGTH <= this.#maxResponseBytes &&
      isOneMessage(bytes, start, end)
    ) {
      call.onMessage(bytes, start + PREFIX_LENGTH, end);
    } else if (start < end) {
      this.#deframe(bytes, start, end);
    }
    this.#uncredited += end - start;
    this.returnCredit();
    if (endStream) {
      call.end({
        code: StatusCode.INTERNAL,
        message: "The server ended the call without a status",
      });
    }
  }

  onTrailers(list: HeaderList): void {
    const { code, message } = statusOf(list);
    if (code === StatusCode.OK && this.#deframer?.pending) {
      const broken = "The server broke off a response";
      return this.#call.end({ code: StatusCode.INTERNAL, message: broken });
    }
    this.#call.end({ code, message, trailers: list });
  }

  onReset(errorCode: number, origin: ResetOrigin): void {
    if (!this.#call.over) this.#call.onReset(this, errorCode, origin);
  }

  onWritable(): void {
    this.#call.onWritable();
  }

  /** Returns flow-control credit for the bytes that the application has read. */
  returnCredit(): void {
    const size = this.#uncredited - this.#call.held;
    if (size <= 0) return;
    this.#uncredited -= size;
    this.stream.consume(size);
    this.transport.touch();
  }

  /**
   * Resets the stream, unless it has ended. A status that arrives before the end of the request needs no
   * error (RFC 9113 section 8.1).
   */
  close(answered: boolean): void {
    if (this.stream.state === StreamState.CLOSED) return;
    this.stream.reset(answered ? ErrorCode.NO_ERROR : ErrorCode.CANCEL);
    this.transport.touch();
  }

  #deframe(bytes: Uint8Array, start: number, end: number): void {
    this.#deframer ??= new Deframer(this.#maxResponseBytes);
    try {
      this.#deframer.push(bytes, start, end, (message, compressed) => {
        if (this.#call.over) return;
        const plain = compressed ? this.#decompress(message) : message;
        this.#call.onMessage(plain, 0, plain.length);
      });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#call.end({ code: error.code, message: error.message });
    }
  }

  #decompress(message: Uint8Array): Uint8Array {
    try {
      const { encoding } = headOf(this.responseHeaders!);
      return decompress(message, encoding, this.#maxResponseBytes);
    } catch (error) {
      // grpc's doc/compression.md: for a client, an encoding that it does not accept is INTERNAL.
      const unknown = error instanceof RpcError && error.code === StatusCode.UNIMPLEMENTED;
      throw unknown ? new RpcError("INTERNAL", error.message) : error;
    }
  }
}
