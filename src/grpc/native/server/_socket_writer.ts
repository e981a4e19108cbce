/** Sending of a connection's output. @module */
import { libc } from "../../../ffi/mod.ts";
import type { Http2Connection } from "../../../http2/mod.ts";
import type { Registrar, Stream } from "../../../net/mod.ts";
import type { ServerMeter } from "../../mod.ts";

/** Bytes that are sent at a time, in about a quarter of a millisecond, before other connections have their turn. */
const MAX_FLUSH_BYTES = 262_144;

/** The part of a thread that its writers use. */
interface WritingThread {
  readonly poller: Registrar;
  /** Counts bytes. */
  readonly meter: ServerMeter | undefined;
}

/** The result of a flush: all output is sent, or the rest waits until the socket is writable, or the socket failed. */
export type Flushed = "all" | "some" | "failed";

/** Sends the output of an HTTP/2 connection to its socket. Watches the socket for EPOLLOUT while output waits. */
export class SocketWriter {
  readonly #thread: WritingThread;
  readonly #socket: Stream;
  readonly #http2: Http2Connection<unknown>;
  /** Bytes that `sendEarly()` has sent since the last flush. They count as part of the next one. */
  #sentEarly = 0;
  #watchesWritable = false;

  constructor(thread: WritingThread, socket: Stream, http2: Http2Connection<unknown>) {
    this.#thread = thread;
    this.#socket = socket;
    this.#http2 = http2;
  }

  /** Sends output during a large response. The next flush handles errors, and a socket that is full. */
  sendEarly(now: number): void {
    const { output } = this.#http2;
    while (output.length > 0 && this.#sentEarly < MAX_FLUSH_BYTES) {
      const sent = this.#write();
      if (sent < 0) return;
      this.#sentEarly += sent;
      this.#http2.sent(sent, now);
    }
  }

  /**
   * Sends output, as much as the kernel takes, and `MAX_FLUSH_BYTES` at the most unless `all`. Events of HTTP/2 may write
   * more output meanwhile, which is sent too, or close the socket.
   */
  flush(now: number, all: boolean): Flushed {
    const { output } = this.#http2;
    let left = all ? Infinity : MAX_FLUSH_BYTES - this.#sentEarly;
    this.#sentEarly = 0;
    while (output.length > 0) {
      if (left <= 0) return this.#waitUntilWritable();
      const sent = this.#write();
      if (sent === -libc.errno.EINTR) continue;
      if (sent === -libc.errno.EAGAIN) return this.#waitUntilWritable();
      if (sent < 0) return "failed";
      left -= sent;
      this.#http2.sent(sent, now);
      if (this.#socket.fd < 0) return "all";
    }
    // epoll does not report input that TLS has read already: a writable socket is ready at once.
    this.#watchWritable(this.#socket.hasPending);
    return "all";
  }

  /** Sends the output. Returns the number of bytes that the kernel took, or minus the errno. */
  #write(): number {
    const { output } = this.#http2;
    const sent = output.start === 0
      ? this.#socket.write(output.bytes, output.end)
      : this.#socket.write(output.view(), output.length);
    if (sent > 0) this.#thread.meter?.bytes(this.#socket.peer.transport, 0, sent);
    return sent;
  }

  #waitUntilWritable(): Flushed {
    this.#watchWritable(true);
    return "some";
  }

  #watchWritable(watch: boolean): void {
    if (this.#watchesWritable === watch) return;
    this.#watchesWritable = watch;
    this.#thread.poller.modify(this.#socket.fd, libc.EPOLLIN | (watch ? libc.EPOLLOUT : 0));
  }
}
