import { libc } from "../ffi/mod.ts";
import type { Address } from "./address.ts";
import { localAddress } from "./endpoint.ts";
import { type Peer, peerOf } from "./peer.ts";

/**
 * The owner of one connected (or connecting) stream socket. Nothing here waits: calls give what the
 * kernel gives, minus the errno included, for an event loop to act upon.
 *
 * ```text
 * open ── close() ──▶ closed      the descriptor is closed, once
 *   └──── detach() ─▶ detached    the descriptor is the caller's
 * ```
 */
export class Socket implements Disposable {
  #fd: number;
  #peer: Peer | undefined;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Takes over a non-blocking stream socket: the caller must not close `fd` any more. */
  static adopt(fd: number): Socket {
    return new Socket(fd);
  }

  /** The descriptor; -1 after `close` and `detach`. */
  get fd(): number {
    return this.#fd;
  }

  /** Who is at the other end, asked once: ask before the peer can leave. */
  get peer(): Peer {
    return this.#peer ??= peerOf(this.#fd);
  }

  /** The address of this end; undefined for a Unix socket that dialled out. */
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

  /** Half-close: the peer reads to the end; what it sends is still read here. */
  shutdownWrite(): number {
    return libc.shutdown(this.#fd, libc.SHUT_WR);
  }

  /** The pending error as a positive errno, which this clears: how a connection attempt has ended. */
  takeError(): number {
    return libc.socketError(this.#fd);
  }

  /** TCP: sends small segments at once (TCP_NODELAY, tcp(7)). Other transports have nothing to set. */
  setNoDelay(on = true): void {
    libc.setsockopt(this.#fd, libc.IPPROTO_TCP, libc.TCP_NODELAY, on ? 1 : 0);
  }

  /** TCP: probes an idle peer after `idleSeconds`. Other transports have nothing to set. */
  setKeepAlive(on: boolean, idleSeconds = 0): void {
    libc.setsockopt(this.#fd, libc.SOL_SOCKET, libc.SO_KEEPALIVE, on ? 1 : 0);
    if (on && idleSeconds > 0) {
      libc.setsockopt(this.#fd, libc.IPPROTO_TCP, libc.TCP_KEEPIDLE, idleSeconds);
    }
  }

  /** Has `close` drop what is unsent and send RST where the transport has one (SO_LINGER of 0). */
  resetOnClose(): void {
    const linger = new Int32Array([1, 0]);
    libc.setsockoptBytes(this.#fd, libc.SOL_SOCKET, libc.SO_LINGER, linger);
  }

  /** Gives the descriptor away, to another thread of the process, say. */
  detach(): number {
    const fd = this.#fd;
    this.#fd = -1;
    return fd;
  }

  /** Closes the descriptor. A second call does nothing: its number may be another's by then. */
  close(): void {
    const fd = this.detach();
    if (fd >= 0) libc.close(fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
