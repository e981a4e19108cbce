/** Stream sockets. @module */
import { libc } from "../ffi/mod.ts";
import type { Address } from "./address.ts";
import { localAddress } from "./endpoint.ts";
import { type Peer, peerOf } from "./peer.ts";
import type { Stream } from "./stream.ts";

/**
 * Owns a stream socket, connected or connecting. No method blocks. Methods return the result of the system
 * call, or minus the errno, for an event loop to act on.
 *
 * ```text
 * open ── close() ──▶ closed      the descriptor is closed, once
 *   └──── detach() ─▶ detached    the descriptor is the caller's
 * ```
 */
export class Socket implements Stream, Disposable {
  readonly hasPending = false;
  readonly readWantsWrite = false;
  readonly failure = undefined;
  readonly peerCertificate = undefined;
  #fd: number;
  #peer: Peer | undefined;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Takes ownership of a non-blocking stream socket: the caller must not close `fd`. */
  static adopt(fd: number): Socket {
    return new Socket(fd);
  }

  /** The descriptor; -1 after `close` and `detach`. */
  get fd(): number {
    return this.#fd;
  }

  /** The peer, read once. Read it before the peer can close the connection. */
  get peer(): Peer {
    return this.#peer ??= peerOf(this.#fd);
  }

  /** The local address; undefined for a Unix socket that has connected. */
  get localAddress(): Address | undefined {
    return localAddress(this.#fd);
  }

  /**
   * Reads at most `length` bytes into the front of `buffer`.
   *
   * @returns bytes read, 0 at the end of the stream, `-EAGAIN`, `-EINTR`, or minus another errno
   */
  read(buffer: Uint8Array, length: number): number {
    return libc.recv(this.#fd, buffer, length);
  }

  /**
   * Sends the first `length` bytes of `buffer`.
   *
   * @returns bytes taken, perhaps fewer; `-EAGAIN`, `-EINTR`, `-EPIPE`, or minus another errno
   */
  write(buffer: Uint8Array, length: number): number {
    return libc.send(this.#fd, buffer, length);
  }

  /** Ends sending; receiving goes on. */
  shutdownWrite(): void {
    libc.shutdown(this.#fd, libc.SHUT_WR);
  }

  /** Reads and clears the pending error, a positive errno: the result of a connection attempt. */
  takeError(): number {
    return libc.socketError(this.#fd);
  }

  /** TCP: sends small segments at once (TCP_NODELAY, tcp(7)). No effect on other transports. */
  setNoDelay(on = true): void {
    libc.setsockopt(this.#fd, libc.IPPROTO_TCP, libc.TCP_NODELAY, on ? 1 : 0);
  }

  /** TCP: probes an idle peer after `idleSeconds`. No effect on other transports. */
  setKeepAlive(on: boolean, idleSeconds = 0): void {
    libc.setsockopt(this.#fd, libc.SOL_SOCKET, libc.SO_KEEPALIVE, on ? 1 : 0);
    if (on && idleSeconds > 0) {
      libc.setsockopt(this.#fd, libc.IPPROTO_TCP, libc.TCP_KEEPIDLE, idleSeconds);
    }
  }

  /** Gives up ownership of the descriptor, for example to another thread. */
  detach(): number {
    const fd = this.#fd;
    this.#fd = -1;
    return fd;
  }

  /** Closes the descriptor. A second call does nothing, as the number may be in use again. */
  close(): void {
    const fd = this.detach();
    if (fd >= 0) libc.close(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
