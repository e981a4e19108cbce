import {
  ErrorCode,
  type HeaderList,
  type Http2Stream,
  type PreparedHeaders,
  type ResetOrigin,
  StreamState,
} from "../../../http2/mod.ts";
import { RpcError, StatusCode } from "../../mod.ts";
import { type ChannelCore, closedError, type Waiter } from "./_channel_core.ts";
import { MAX_TRANSPARENT_RETRIES } from "./_limits.ts";
import { statusOfReset } from "./_reset.ts";
import { headOf, statusOf } from "./_response.ts";
import { type Timed, Timer } from "./_timers.ts";
import type { ClientTransport, StreamUser } from "./_transport.ts";
import { decompress, Deframer, isOneMessage, PREFIX_LENGTH } from "../mod.ts";

/** How a call ended. */
export interface Ending {
  readonly code: StatusCode;
  readonly message: string;
  /** As they came; undefined where the server sent no status. */
  readonly trailers?: HeaderList | undefined;
  readonly cause?: unknown;
  /** Whether the call is not to be made again, whatever may be repeated. */
  readonly final?: boolean;
}

/**
 * The client's side of a call, on one stream after another until one gives an answer.
 *
 *     waiting ── begin() ──▶ on a stream ── status, failure ──▶ over
 *        ▲                        │
 *        └── certainly unprocessed, or a retry
 */
export abstract class Exchange implements StreamUser, Waiter, Timed {
  due = Infinity;
  place = -1;
  readonly waitForReady: boolean;
  protected readonly core: ChannelCore;
  protected transport: ClientTransport | undefined;
  protected stream: Http2Stream<StreamUser> | undefined;
  /** The response's headers, unless the status is all that came. */
  protected responseHeaders: HeaderList | undefined;
  #deframer: Deframer | undefined;
  #over = false;
  #transparentRetries = 0;

  constructor(core: ChannelCore, waitForReady: boolean) {
    this.core = core;
    this.waitForReady = waitForReady;
  }

  get over(): boolean {
    return this.#over;
  }

  /** The server that took the call, or the list of those that may. */
  peer(): string {
    return this.transport?.peer ?? this.core.options.servers;
  }

  begin(transport: ClientTransport): void {
    try {
      const stream = transport.open(this.requestHeaders(), this.requestFields(), this);
      if (stream === undefined) return this.core.start(this);
      this.transport = transport;
      this.stream = stream;
    } catch (error) {
      return this.endSoon({
        code: StatusCode.INTERNAL,
        message: "The headers of the call cannot be sent",
        cause: error,
        final: true,
      });
    }
    this.send(this.stream);
  }

  refuse(error: RpcError, final: boolean): void {
    this.end({ code: error.code, message: error.message, cause: error.cause, final });
  }

  /** The deadline has passed. */
  abstract onDue(): void;

  onHeaders(list: HeaderList, endStream: boolean): void {
    if (this.#over) return;
    if (endStream) return this.#answered(list);
    if (list.status < 200) return;
    this.responseHeaders = list;
    const { fault } = headOf(list);
    if (fault !== undefined) this.end(fault);
    else this.begun(list);
  }

  onData(bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    if (this.#over) return;
    const { stream } = this;
    const { maxResponseBytes } = this.core.options;
    if (
      this.#deframer === undefined && end - start - PREFIX_LENGTH <= maxResponseBytes &&
      isOneMessage(bytes, start, end)
    ) {
      this.receive(bytes, start + PREFIX_LENGTH, end);
    } else if (start < end) {
      this.#deframe(bytes, start, end);
    }
    this.arrived(stream!, end - start);
    if (endStream) {
      this.end({
        code: StatusCode.INTERNAL,
        message: "The server ended the call without a status",
      });
    }
  }

  onTrailers(list: HeaderList): void {
    this.#answered(list);
  }

  onReset(errorCode: number, origin: ResetOrigin): void {
    if (this.#over) return;
    const refused = origin === "unprocessed" ||
      origin === "peer" && errorCode === ErrorCode.REFUSED_STREAM &&
        this.responseHeaders === undefined;
    if (refused && this.#transparentRetries < MAX_TRANSPARENT_RETRIES && this.canRepeat()) {
      this.#transparentRetries++;
      this.leaveStream();
      return this.core.start(this);
    }
    if (origin === "connection" && this.core.closed) return this.refuse(closedError(), true);
    this.end(statusOfReset(errorCode, origin, this.transport?.failure));
  }

  onWritable(): void {}

  /** What all calls of the method send, and what this one sends besides: name, value, …. */
  protected abstract requestHeaders(): PreparedHeaders;
  protected abstract requestFields(): readonly string[];
  /** The stream is open: sends the request, or begins to. */
  protected abstract send(stream: Http2Stream<StreamUser>): void;
  /** A message of the response has come; the buffer is valid during the call. */
  protected abstract receive(bytes: Uint8Array, start: number, end: number): void;
  /** The call is over: called once. */
  protected abstract ended(ending: Ending): void;

  /** The response has begun. */
  protected begun(_list: HeaderList): void {}

  /** Whether the request can be sent once more. */
  protected canRepeat(): boolean {
    return true;
  }

  /** DATA has come and was handed out: the server may send as much again. */
  protected arrived(stream: Http2Stream<StreamUser>, size: number): void {
    stream.consume(size);
  }

  /** Ends the call; without effect on one that is over. */
  protected end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.core.timers.clear(this);
    if (this.stream === undefined) this.core.forget(this);
    else this.#close(this.stream, ending.trailers !== undefined);
    this.ended(ending);
  }

  /** Ends the call, but not while it is being made. */
  protected endSoon(ending: Ending): void {
    this.core.timers.set(new Timer(() => this.end(ending)), performance.now());
  }

  /** Takes back all that belongs to the stream, for another. */
  protected leaveStream(): void {
    if (this.stream !== undefined) this.#close(this.stream, false);
    this.stream = undefined;
    this.responseHeaders = undefined;
    this.#deframer = undefined;
  }

  #answered(list: HeaderList): void {
    const { code, message } = statusOf(list);
    if (code === StatusCode.OK && this.#deframer?.pending) {
      return this.end({ code: StatusCode.INTERNAL, message: "The server broke off a response" });
    }
    this.end({ code, message, trailers: list });
  }

  /** An answer that came before the request was through needs no error (RFC 9113 section 8.1). */
  #close(stream: Http2Stream<StreamUser>, answered: boolean): void {
    if (stream.state === StreamState.CLOSED) return;
    stream.reset(answered ? ErrorCode.NO_ERROR : ErrorCode.CANCEL);
    this.transport!.touch();
  }

  #deframe(bytes: Uint8Array, start: number, end: number): void {
    const { maxResponseBytes } = this.core.options;
    this.#deframer ??= new Deframer(maxResponseBytes);
    try {
      this.#deframer.push(bytes, start, end, (message, compressed) => {
        if (this.#over) return;
        const plain = compressed ? this.#decompress(message, maxResponseBytes) : message;
        this.receive(plain, 0, plain.length);
      });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.end({ code: error.code, message: error.message });
    }
  }

  #decompress(message: Uint8Array, limit: number): Uint8Array {
    try {
      return decompress(message, headOf(this.responseHeaders!).encoding, limit);
    } catch (error) {
      // grpc's doc/compression.md: to a client, an encoding that it does not accept is INTERNAL.
      const unknown = error instanceof RpcError && error.code === StatusCode.UNIMPLEMENTED;
      throw unknown ? new RpcError("INTERNAL", error.message) : error;
    }
  }
}
