/**
 * Adapts a socket to a Duplex of node:stream, for grpc-js and node:http2.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { libc } from "../../ffi/mod.ts";
import {
  formatPeer,
  NetError,
  type Peer,
  type Reactor,
  sharedReactor,
  type Stream,
} from "../mod.ts";

/** 64 KiB read from the kernel in one call: an HTTP/2 window of the default size. */
const READ_SIZE = 64 * 1024;

/** Reads in one turn, so that other sockets get theirs. */
const READS_PER_EVENT = 4;

/** 64 KiB: chunks that have less in all are joined and sent in one call. */
const JOIN_LIMIT = 64 * 1024;

type Callback = (error?: Error | null) => void;

/** The read buffer of all sockets of the thread: received bytes are copied out before the next read. */
const scratch = new Uint8Array(READ_SIZE);

/**
 * A Duplex over a socket, with the fields of net.Socket that grpc-js and node:http2 look at.
 *
 * A write is tried at once, and its callback always runs in a later microtask: a Duplex that calls back from
 * within `write` makes Deno's nghttp2 session re-enter itself, which ends the process with `free(): invalid
 * pointer` or an assertion of nghttp2.
 */
export class SocketDuplex extends Duplex {
  readonly peer: Peer;
  readonly remoteAddress: string;
  readonly remotePort: number | undefined;
  readonly remoteFamily: string;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly connecting = false;
  bytesRead = 0;
  bytesWritten = 0;
  timeout = 0;
  readonly #socket: Stream;
  readonly #reactor: Reactor;
  #interest = 0;
  #pending: { chunk: Uint8Array; callback: Callback } | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #ref = true;
  /** Both directions have ended. The socket is out of the epoll, which would report it without end. */
  #hungUp = false;

  constructor(socket: Stream, reactor: Reactor) {
    super({ allowHalfOpen: false, autoDestroy: true, emitClose: true });
    this.#socket = socket;
    this.#reactor = reactor;
    const { peer } = socket;
    const local = socket.localAddress;
    this.peer = peer;
    this.remoteAddress = peer.transport === "tcp" ? peer.host : formatPeer(peer);
    this.remotePort = peer.transport === "tcp" ? peer.port : undefined;
    this.remoteFamily = peer.transport !== "tcp"
      ? peer.transport
      : peer.host.includes(":")
      ? "IPv6"
      : "IPv4";
    this.localAddress = local?.transport === "tcp" ? local.host : undefined;
    this.localPort = local?.transport === "tcp" ? local.port : undefined;
    reactor.add(socket.fd, 0, this);
  }

  /** Called by the reactor when the socket is ready. */
  onReady(events: number): void {
    if ((events & libc.EPOLLOUT) !== 0) this.#flush();
    if ((events & libc.EPOLLIN) !== 0) return this.#receive();
    if ((events & (libc.EPOLLERR | libc.EPOLLHUP)) !== 0 && !this.destroyed) this.#leaveEpoll();
  }

  setNoDelay(on = true): this {
    if (!this.destroyed) this.#socket.setNoDelay(on);
    return this;
  }

  setKeepAlive(on = false, delay = 0): this {
    if (!this.destroyed) this.#socket.setKeepAlive(on, Math.ceil(delay / 1000));
    return this;
  }

  /** Emits `timeout` after `milliseconds` without traffic; 0 turns it off. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    this.timeout = milliseconds;
    if (callback !== undefined) this.once("timeout", callback);
    this.#touch();
    return this;
  }

  ref(): this {
    return this.#setRef(true);
  }

  unref(): this {
    return this.#setRef(false);
  }

  address(): { address: string | undefined; port: number | undefined; family: string } {
    return { address: this.localAddress, port: this.localPort, family: this.remoteFamily };
  }

  override _read(): void {
    if (this.#hungUp || this.#socket.hasPending) this.#receiveSoon();
    this.#watch(this.#interest | libc.EPOLLIN);
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    this.#send(chunk, callback);
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: Callback): void {
    const size = chunks.reduce((sum, { chunk }) => sum + chunk.length, 0);
    if (size <= JOIN_LIMIT) return this.#send(joined(chunks, size), callback);
    let next = 0;
    const step = (error?: Error | null): void => {
      if (error != null || next === chunks.length) return callback(error);
      this.#send(chunks[next++].chunk, step);
    };
    step();
  }

  override _final(callback: Callback): void {
    this.#socket.shutdownWrite();
    queueMicrotask(() => callback());
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.#idleTimer);
    this.#reactor.remove(this.#socket.fd);
    this.#socket.close();
    const pending = this.#pending;
    this.#pending = undefined;
    queueMicrotask(() => {
      pending?.callback(error ?? new NetError("CLOSED", "Cannot write: the socket is closed"));
      callback(error);
    });
  }

  #send(chunk: Uint8Array, callback: Callback): void {
    const result = this.#transfer(chunk);
    if (result === chunk.length) return queueMicrotask(() => callback());
    if (result < 0) {
      const error = this.#socket.failure ?? failure("send to", this.peer, "send", result);
      return queueMicrotask(() => callback(error));
    }
    this.#pending = { chunk: chunk.subarray(result), callback };
    this.#watch(this.#interest | libc.EPOLLOUT);
  }

  /** Sends as much as the kernel takes. Returns the number of bytes, or minus the errno. */
  #transfer(chunk: Uint8Array): number {
    if (this.#socket.fd < 0) return -libc.errno.EPIPE;
    let sent = 0;
    while (sent < chunk.length) {
      const rest = sent === 0 ? chunk : chunk.subarray(sent);
      const result = this.#socket.write(rest, rest.length);
      if (result === -libc.errno.EINTR) continue;
      if (result === -libc.errno.EAGAIN) break;
      if (result < 0) return result;
      sent += result;
    }
    this.bytesWritten += sent;
    this.#touch();
    return sent;
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#watch(this.#interest & ~libc.EPOLLOUT);
    if (pending !== undefined) this.#send(pending.chunk, pending.callback);
  }

  #receive(): void {
    for (let i = 0; i < READS_PER_EVENT; i++) {
      const result = this.#socket.read(scratch, READ_SIZE);
      if (result === -libc.errno.EAGAIN) return;
      if (result === -libc.errno.EINTR) continue;
      if (result < 0) {
        this.destroy(this.#socket.failure ?? failure("receive from", this.peer, "recv", result));
        return;
      }
      if (result === 0) {
        this.#watch(this.#interest & ~libc.EPOLLIN);
        this.push(null);
        return;
      }
      this.bytesRead += result;
      this.#touch();
      const wanted = this.push(Buffer.from(scratch.subarray(0, result)));
      if (this.destroyed) return;
      if (!wanted) return this.#watch(this.#interest & ~libc.EPOLLIN);
      if (result < READ_SIZE && !this.#hungUp) return;
    }
    // epoll does not report input that TLS has read already.
    if (this.#socket.hasPending) this.#receiveSoon();
  }

  #receiveSoon(): void {
    queueMicrotask(() => this.destroyed || this.#receive());
  }

  /** Handles a hang-up while reading is paused: bytes received before it are read by `_read` later. */
  #leaveEpoll(): void {
    const error = this.#socket.takeError();
    if (error !== 0) {
      this.destroy(failure("talk to", this.peer, "recv", -error));
      return;
    }
    this.#hungUp = true;
    this.#interest = 0;
    this.#reactor.remove(this.#socket.fd);
    this.#flush();
  }

  #watch(interest: number): void {
    if (interest === this.#interest || this.#socket.fd < 0 || this.#hungUp) return;
    this.#interest = interest;
    this.#reactor.modify(this.#socket.fd, interest);
  }

  #setRef(ref: boolean): this {
    if (ref !== this.#ref && this.#socket.fd >= 0) {
      this.#ref = ref;
      this.#reactor.setRef(this.#socket.fd, ref);
    }
    return this;
  }

  #touch(): void {
    if (this.timeout === 0 && this.#idleTimer === undefined) return;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    if (this.timeout === 0 || this.destroyed) return;
    this.#idleTimer = setTimeout(() => this.emit("timeout"), this.timeout);
    Deno.unrefTimer(this.#idleTimer);
  }
}

/**
 * Creates a Duplex that owns a socket or TLS over one, and closes it when the Duplex is destroyed.
 *
 * @param reactor reports readiness; default: the reactor of this thread
 */
export function toDuplex(socket: Stream, reactor: Reactor = sharedReactor()): SocketDuplex {
  return new SocketDuplex(socket, reactor);
}

function joined(chunks: { chunk: Uint8Array }[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const { chunk } of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function failure(action: string, peer: Peer, call: string, result: number): NetError {
  return NetError.ofLibc(`${action} ${formatPeer(peer)}`, libc.LibcError.of(call, result));
}
