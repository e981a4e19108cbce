/** A transport: one HTTP/2 connection to a server on a socket, driven by the channel's registrar. @module */
import { libc } from "../../../ffi/mod.ts";
import {
  type ConnectionHandler,
  createClientConnection,
  ErrorCode,
  type Goaway,
  type HeaderList,
  type Http2ClientConnection,
  type Http2Connection,
  type Http2Stream,
  type PreparedHeaders,
  type ResetOrigin,
} from "../../../http2/mod.ts";
import {
  NetError,
  type PollHandler,
  type Registrar,
  type Stream,
  TlsStream,
} from "../../../net/mod.ts";
import { type ChannelSettings, MAX_STREAMS_OPENED } from "./_options.ts";
import type { TransportTls } from "./_security.ts";

/** Receiver of a stream's events: an `Attempt` of a call. Calls depend on transports, and not the reverse. */
export interface StreamUser {
  /** A header section of the response. */
  onHeaders(list: HeaderList, endStream: boolean): void;
  /** DATA: the bytes from `start` to `end` of a buffer that is valid during the call. */
  onData(bytes: Uint8Array, start: number, end: number, endStream: boolean): void;
  onTrailers(list: HeaderList): void;
  onReset(errorCode: number, origin: ResetOrigin): void;
  /** The stream takes more DATA again. */
  onWritable(): void;
}

/** Receiver of a transport's events: its `Subchannel`, which depends on the transport, and not the reverse. */
export interface TransportOwner {
  /** The server's SETTINGS have arrived: it speaks HTTP/2. */
  onReady(transport: ClientTransport): void;
  /** The transport accepts no new streams; its open streams continue. */
  onDraining(transport: ClientTransport): void;
  /** The transport has closed; its `failure` is the reason. */
  onClosed(transport: ClientTransport): void;
  /** The transport may have room for another stream. */
  onRoom(): void;
  /** The transport has output, which the owner must `flush()` soon. */
  onOutput(transport: ClientTransport): void;
}

/** Bytes of one read. The thread has one buffer for all transports: it is empty between reads. */
const READ_SIZE = 65_536;
const scratch = new Uint8Array(READ_SIZE);

/** Reads from one socket before events of other sockets are handled. */
const READS_PER_EVENT = 4;

/**
 * One connection of a subchannel.
 *
 *     opening ── SETTINGS ──▶ ready ── GOAWAY, last stream number ──▶ draining
 *        └───────────────────────┴──── end, failure, close() ────────────┴──▶ closed
 */
export class ClientTransport implements PollHandler, ConnectionHandler<StreamUser> {
  /** Name of the server, such as `127.0.0.1:50051`. */
  readonly peer: string;
  /** The TLS of the connection, read before it can be lost; undefined for plaintext. */
  readonly tls: TransportTls | undefined;
  #phase: "opening" | "ready" | "draining" | "closed" = "opening";
  #failure: Error | undefined;
  readonly #socket: Stream;
  readonly #registrar: Registrar;
  readonly #owner: TransportOwner;
  readonly #connection: Http2ClientConnection<StreamUser>;
  #now = performance.now();
  #interest: number = libc.EPOLLIN;
  /** True within `onReady`, which flushes at its end. */
  #busy = false;
  /** True from `touch()` until the flush after it. */
  #announced = false;
  #answered = false;
  /** The debug data of a GOAWAY without an error; undefined before one. */
  #goaway: string | undefined;
  /** True once sending has failed. Remaining input may have the reason. */
  #broken = false;

  constructor(socket: Stream, peer: string, settings: ChannelSettings, owner: TransportOwner) {
    const { http2, registrar } = settings;
    this.#socket = socket;
    this.peer = peer;
    this.tls = socket instanceof TlsStream
      ? {
        parameters: socket.parameters,
        certificate: socket.peerCertificate,
        chain: socket.verifiedChain,
      }
      : undefined;
    this.#registrar = registrar;
    this.#owner = owner;
    this.#connection = createClientConnection<StreamUser>(http2, this, this.#now);
    registrar.add(socket.fd, this.#interest, this);
    this.touch();
  }

  /** The error that ended the connection, if any. */
  get failure(): Error | undefined {
    const { phase } = this.#connection;
    return this.#failure ?? (phase.kind === "closed" ? phase.error : undefined);
  }

  /** True once the server has responded to a call, and not only refused it. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Number of streams that can be opened now. */
  get available(): number {
    return this.#phase === "ready" ? this.#connection.availableStreams : 0;
  }

  /**
   * The time of the last event: a read or a tick. On the clock of `performance.now()`, each reading of which costs
   * 100 ns.
   */
  get now(): number {
    return this.#now;
  }

  /**
   * Opens a stream, and returns undefined when there is no room for one.
   *
   * @param extra request fields that follow the prepared ones: name, value, name, value, …
   * @throws {Http2Error} for headers that cannot be sent
   */
  open(
    headers: PreparedHeaders,
    extra: readonly string[],
    user: StreamUser,
  ): Http2Stream<StreamUser> | undefined {
    const stream = this.#connection.openStream(headers, extra, false, user);
    if (stream !== undefined) this.touch();
    return stream;
  }

  /** Has the owner flush output that was written. */
  touch(): void {
    if (this.#busy || this.#announced || this.#phase === "closed") return;
    this.#announced = true;
    this.#owner.onOutput(this);
  }

  /** Sends output, as much as the kernel takes. */
  flush(): void {
    this.#announced = false;
    const connection = this.#connection;
    const { output } = connection;
    while (output.length > 0 && !this.#broken && this.#socket.fd >= 0) {
      const bytes = output.start === 0 ? output.bytes : output.view();
      const sent = this.#socket.write(bytes, output.length);
      if (sent >= 0) {
        connection.sent(sent, this.#now);
      } else if (sent === -libc.errno.EAGAIN) {
        break;
      } else if (sent !== -libc.errno.EINTR) {
        this.#sendFailed(sent);
      }
    }
    if (connection.closed) return this.#closeSocket();
    // epoll does not report input that TLS holds in its buffer. A writable socket is reported at once.
    const more = output.length > 0 || this.#socket.hasPending || this.#socket.readWantsWrite;
    this.#watch(more ? libc.EPOLLIN | libc.EPOLLOUT : libc.EPOLLIN);
  }

  /** Called by the registrar when the socket is ready. */
  onReady(events: number): void {
    this.#busy = true;
    if ((events & ~libc.EPOLLOUT) !== 0 || this.#socket.hasPending) this.#receive();
    this.#busy = false;
    this.flush();
  }

  /** Checks HTTP/2's time limits. To be called about once a second. */
  tick(now: number): void {
    this.#now = now;
    this.#connection.tick(now);
    this.flush();
  }

  /** Closes the connection and all its streams at once. */
  close(): void {
    this.#connection.close(ErrorCode.NO_ERROR);
    if (!this.#busy) this.flush();
  }

  onHeaders(stream: Http2Stream<StreamUser>, headers: HeaderList, endStream: boolean): void {
    if (!endStream) this.#answered = true;
    stream.user!.onHeaders(headers, endStream);
  }

  onData(
    stream: Http2Stream<StreamUser>,
    bytes: Uint8Array,
    start: number,
    end: number,
    endStream: boolean,
  ): void {
    stream.user!.onData(bytes, start, end, endStream);
  }

  onTrailers(stream: Http2Stream<StreamUser>, trailers: HeaderList): void {
    stream.user!.onTrailers(trailers);
  }

  onReset(stream: Http2Stream<StreamUser>, errorCode: number, origin: ResetOrigin): void {
    stream.user!.onReset(errorCode, origin);
  }

  onWritable(stream: Http2Stream<StreamUser>): void {
    stream.user!.onWritable();
  }

  onStreamClosed(): void {
    const { statistics, streamCount } = this.#connection;
    if (this.#phase === "ready" && statistics.streamsOpened >= MAX_STREAMS_OPENED) this.#drain();
    if (this.#phase === "draining" && streamCount === 0) this.#connection.close(ErrorCode.NO_ERROR);
    this.#owner.onRoom();
  }

  onSettings(): void {
    if (this.#phase === "opening") {
      this.#phase = "ready";
      this.#owner.onReady(this);
    } else {
      this.#owner.onRoom();
    }
  }

  onPing(): void {}

  onGoaway(_connection: Http2Connection<StreamUser>, { errorCode, debugData }: Goaway): void {
    if (errorCode !== ErrorCode.NO_ERROR) {
      const message = `The server ended the connection: ${debugData || `error code ${errorCode}`}`;
      this.#failure ??= new NetError("CLOSED", message);
    } else {
      this.#goaway = debugData;
    }
    this.#drain();
  }

  onEnd(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#owner.onClosed(this);
  }

  #drain(): void {
    if (this.#phase === "draining" || this.#phase === "closed") return;
    this.#phase = "draining";
    this.#owner.onDraining(this);
  }

  #receive(): void {
    for (let i = 0; i < READS_PER_EVENT && this.#socket.fd >= 0; i++) {
      const size = this.#socket.read(scratch, READ_SIZE);
      if (size > 0) {
        this.#now = performance.now();
        this.#connection.receive(scratch, this.#now, 0, size);
        if (size < READ_SIZE && !this.#broken) return;
      } else if (size === 0) {
        const message = `The server ${this.peer} closed the connection${this.#whenClosed()}`;
        this.#failure ??= new NetError("CLOSED", message);
        return this.#connection.disconnect();
      } else if (size === -libc.errno.EAGAIN) {
        return;
      } else if (size !== -libc.errno.EINTR) {
        return this.#disconnect("receive from", "recv", size);
      }
    }
  }

  /** Returns the end of a message about a server that has closed the connection. */
  #whenClosed(): string {
    if (this.#phase === "opening") {
      return " before it sent HTTP/2 settings: it may want TLS, or speak another protocol";
    }
    if (this.#goaway === undefined) return "";
    return this.#goaway === "" ? " after GOAWAY" : ` after GOAWAY (${this.#goaway})`;
  }

  /**
   * Handles a failed send. When the server has closed the connection, its remaining input is read first, because it may
   * have the reason: at the registrar's event of the hang-up, because the buffer may be in use now.
   */
  #sendFailed(result: number): void {
    this.#broken = true;
    const hungUp = result === -libc.errno.EPIPE || result === -libc.errno.ECONNRESET;
    if (!hungUp) this.#disconnect("send to", "send", result);
  }

  #disconnect(action: string, call: string, result: number): void {
    const error = libc.LibcError.of(call, result);
    this.#failure ??= this.#socket.failure ?? NetError.ofLibc(`${action} ${this.peer}`, error);
    this.#connection.disconnect();
  }

  #watch(interest: number): void {
    if (interest === this.#interest || this.#socket.fd < 0) return;
    this.#interest = interest;
    try {
      this.#registrar.modify(this.#socket.fd, interest);
    } catch (error) {
      // Fails when the kernel is out of memory. The calls of an unwatched socket would hang.
      this.#failure ??= error as Error;
      this.#connection.disconnect();
      this.#closeSocket();
    }
  }

  #closeSocket(): void {
    if (this.#socket.fd < 0) return;
    this.#registrar.remove(this.#socket.fd);
    this.#socket.close();
  }
}
