import { libc } from "../../../ffi/mod.ts";
import {
  type ConnectionHandler,
  createClientConnection,
  ErrorCode,
  type Goaway,
  type HeaderList,
  type Http2ClientConnection,
  type Http2Config,
  type Http2Connection,
  type Http2Stream,
  type PreparedHeaders,
  type ResetOrigin,
} from "../../../http2/mod.ts";
import { NetError, type PollHandler, type Registrar, type Stream } from "../../../net/mod.ts";
import { MAX_STREAMS_OPENED } from "./_limits.ts";

/** What hears of a stream: one attempt at a call. */
export interface StreamUser {
  onHeaders(list: HeaderList, endStream: boolean): void;
  /** The bytes from `start` to `end` of a buffer that is valid during the call. */
  onData(bytes: Uint8Array, start: number, end: number, endStream: boolean): void;
  onTrailers(list: HeaderList): void;
  onReset(errorCode: number, origin: ResetOrigin): void;
  onWritable(): void;
}

/** What a transport tells those that it serves. */
export interface TransportOwner {
  /** The server's SETTINGS have come: it speaks HTTP/2. */
  onReady(transport: ClientTransport): void;
  /** It takes no new streams; those that it has go on. */
  onDraining(transport: ClientTransport): void;
  /** It is over. `failure` says why, where there is a reason. */
  onClosed(transport: ClientTransport): void;
  /** A stream has ended: there may be room for another. */
  onRoom(): void;
  /** It has something to send, which `flush()` does. */
  onOutput(transport: ClientTransport): void;
}

/** Bytes taken from the kernel at once. One buffer for the thread: nothing is kept in it. */
const READ_SIZE = 65_536;
const scratch = new Uint8Array(READ_SIZE);

/** Reads of one connection before others have their turn. */
const READS_PER_EVENT = 4;

/**
 * One connection: an HTTP/2 client on a socket, driven by whatever reports the socket's readiness.
 *
 *     opening ── SETTINGS ──▶ ready ── GOAWAY, numbers used up ──▶ draining
 *        └───────────────────────┴──── end, failure, close() ─────────┴──▶ closed
 */
export class ClientTransport implements PollHandler, ConnectionHandler<StreamUser> {
  /** The server, such as `127.0.0.1:50051`. */
  readonly peer: string;
  #phase: "opening" | "ready" | "draining" | "closed" = "opening";
  #failure: Error | undefined;
  readonly #socket: Stream;
  readonly #registrar: Registrar;
  readonly #owner: TransportOwner;
  readonly #connection: Http2ClientConnection<StreamUser>;
  #interest: number = libc.EPOLLIN;
  /** Within `onReady`, which flushes at its end. */
  #busy = false;
  /** The owner knows that there is output. */
  #announced = false;
  /** Sending has failed: what is still to be read may say why. */
  #broken = false;

  constructor(
    socket: Stream,
    peer: string,
    registrar: Registrar,
    config: Http2Config,
    owner: TransportOwner,
  ) {
    this.#socket = socket;
    this.peer = peer;
    this.#registrar = registrar;
    this.#owner = owner;
    this.#connection = createClientConnection<StreamUser>(config, this, performance.now());
    registrar.add(socket.fd, this.#interest, this);
    this.touch();
  }

  /** Why it ends, where there is a reason. */
  get failure(): Error | undefined {
    const { phase } = this.#connection;
    return this.#failure ?? (phase.kind === "closed" ? phase.error : undefined);
  }

  /** Streams that can be opened now. */
  get available(): number {
    return this.#phase === "ready" ? this.#connection.availableStreams : 0;
  }

  /** Bytes received so far: a change is a sign of life. */
  get bytesReceived(): number {
    return this.#connection.statistics.bytesReceived;
  }

  /** Streams that are open. */
  get streamCount(): number {
    return this.#connection.streamCount;
  }

  /**
   * Opens a stream; undefined where there is no room for one.
   *
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

  /** Something was written into a stream: it leaves with the next flush. */
  touch(): void {
    if (this.#busy || this.#announced || this.#phase === "closed") return;
    this.#announced = true;
    this.#owner.onOutput(this);
  }

  /** Sends what waits, as much as the kernel takes. */
  flush(): void {
    this.#announced = false;
    const connection = this.#connection;
    const { output } = connection;
    while (output.length > 0 && !this.#broken && this.#socket.fd >= 0) {
      const bytes = output.start === 0 ? output.bytes : output.view();
      const sent = this.#socket.write(bytes, output.length);
      if (sent >= 0) {
        connection.sent(sent, performance.now());
      } else if (sent === -libc.errno.EAGAIN) {
        break;
      } else if (sent !== -libc.errno.EINTR) {
        this.#sendFailed(sent);
      }
    }
    if (connection.closed) return this.#closeSocket();
    // Input that TLS has read already is reported by nobody: a writable socket is ready at once.
    const more = output.length > 0 || this.#socket.hasPending || this.#socket.readWantsWrite;
    this.#watch(more ? libc.EPOLLIN | libc.EPOLLOUT : libc.EPOLLIN);
  }

  /** The registrar's call: the socket is ready. */
  onReady(events: number): void {
    this.#busy = true;
    if ((events & ~libc.EPOLLOUT) !== 0 || this.#socket.hasPending) this.#receive();
    this.#busy = false;
    this.flush();
  }

  /** To be called about once a second. */
  tick(now: number): void {
    this.#connection.tick(now);
    this.flush();
  }

  /** Asks for a sign of life; false where one was asked for and has not come too often already. */
  ping(onAck: () => void): boolean {
    const asked = this.#connection.ping(onAck);
    if (asked) this.touch();
    return asked;
  }

  /** Ends it at once, and all its streams; `failure` says why. */
  close(failure?: Error): void {
    this.#failure ??= failure;
    this.#connection.close(ErrorCode.NO_ERROR);
    if (!this.#busy) this.flush();
  }

  onHeaders(stream: Http2Stream<StreamUser>, headers: HeaderList, endStream: boolean): void {
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
      const what = `The server ended the connection: ${debugData || `error code ${errorCode}`}`;
      this.#failure ??= new NetError("CLOSED", what);
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
        this.#connection.receive(scratch, performance.now(), 0, size);
        if (size < READ_SIZE && !this.#broken) return;
      } else if (size === 0) {
        const when = this.#phase === "opening"
          ? " before it sent HTTP/2 settings: it may want TLS, or speak another protocol"
          : "";
        const message = `The server ${this.peer} closed the connection${when}`;
        this.#failure ??= new NetError("CLOSED", message);
        return this.#connection.disconnect();
      } else if (size === -libc.errno.EAGAIN) {
        return;
      } else if (size !== -libc.errno.EINTR) {
        return this.#lose("receive from", "recv", size);
      }
    }
  }

  /**
   * The server has left, or something is wrong here. What it said before it left, perhaps why, can
   * still be read, and is when the registrar reports the hang-up: not now, as the buffer may be in
   * use.
   */
  #sendFailed(result: number): void {
    this.#broken = true;
    const left = result === -libc.errno.EPIPE || result === -libc.errno.ECONNRESET;
    if (!left) this.#lose("send to", "send", result);
  }

  #lose(action: string, call: string, result: number): void {
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
      // Unwatched, it would stand still: out of kernel memory, say.
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
