/** A byte stream over TLS. @module */
import type { TlsContext, TlsParameters, TlsSession } from "../../ffi/mod.ts";
import type { Address } from "../address.ts";
import { NetError } from "../errors.ts";
import { formatPeer, type Peer } from "../peer.ts";
import type { Socket } from "../socket.ts";
import type { Stream } from "../stream.ts";

/**
 * TLS on a connected socket, which it owns.
 *
 * ```text
 * handshaking ── handshake() gives 1 ──▶ open ── close() ──▶ closed
 *      └──────────────── close() ──────────────────────────────▲
 * ```
 */
export class TlsStream implements Stream, Disposable {
  readonly #socket: Socket;
  readonly #session: TlsSession;
  #parameters: TlsParameters | undefined;
  #closed = false;
  /**
   * True when OpenSSL holds no complete record after the last read. SSL_has_pending(3ossl) also counts an incomplete
   * record, which cannot be read until its rest makes the socket readable.
   */
  #drained = false;

  /**
   * Starts TLS on a socket, which stays the caller's when that fails.
   *
   * @param serverName a client's: the name that the server's certificate must have
   * @throws {NetError} `TLS_FAILED`
   */
  constructor(context: TlsContext, socket: Socket, serverName?: string) {
    this.#socket = socket;
    try {
      this.#session = context.open(socket.fd, serverName);
    } catch (cause) {
      throw new NetError("TLS_FAILED", (cause as Error).message, { cause });
    }
  }

  get fd(): number {
    return this.#socket.fd;
  }

  get peer(): Peer {
    return this.#socket.peer;
  }

  get hasPending(): boolean {
    return !this.#closed && !this.#drained && this.#session.hasPending;
  }

  get localAddress(): Address | undefined {
    return this.#socket.localAddress;
  }

  get readWantsWrite(): boolean {
    return this.#session.wantsWrite;
  }

  /** The parameters that the handshake agreed on. Valid once it is done. */
  get parameters(): TlsParameters {
    return this.#parameters ??= this.#session.parameters();
  }

  /** The peer's certificate in DER, which the handshake has verified. Valid once it is done. */
  get peerCertificate(): Uint8Array | undefined {
    return this.#session.peerCertificate();
  }

  /** The certificates in DER by which the peer's was verified (`TlsSession.verifiedChain()`). */
  get verifiedChain(): Uint8Array[] {
    return this.#session.verifiedChain();
  }

  /** The error behind `-EPROTO`, whose message names the peer. */
  get failure(): NetError | undefined {
    const cause = this.#session.failure;
    if (cause === undefined) return undefined;
    return new NetError("TLS_FAILED", `${cause.message}, with ${formatPeer(this.peer)}`, { cause });
  }

  /**
   * Continues the handshake. Returns 1 when it is done, `-EAGAIN` when it waits for the socket
   * ({@linkcode readWantsWrite}), 0 when the peer closed the connection, minus another errno when it failed.
   */
  handshake(): number {
    return this.#session.handshake();
  }

  /**
   * Reads the records that one read(2) gives, or as many of them as the buffer takes. If the kernel has more, the
   * socket is still readable. A second read(2) here would find nothing in most cases.
   */
  read(buffer: Uint8Array, length: number): number {
    let filled = 0;
    this.#drained = false;
    do {
      const rest = filled === 0 ? buffer : buffer.subarray(filled);
      const result = this.#session.read(rest, length - filled);
      if (result <= 0) {
        this.#drained = true;
        // The next read reports the end of the stream or the failure again.
        return filled === 0 ? result : filled;
      }
      filled += result;
      this.#drained = !this.#session.hasPending;
    } while (!this.#drained && filled < length);
    return filled;
  }

  write(buffer: Uint8Array, length: number): number {
    return this.#session.write(buffer, length);
  }

  /** Sends close_notify and half-closes the socket. */
  shutdownWrite(): void {
    if (this.#closed) return;
    this.#session.shutdown();
    this.#socket.shutdownWrite();
  }

  takeError(): number {
    return this.#socket.takeError();
  }

  setNoDelay(on?: boolean): void {
    this.#socket.setNoDelay(on);
  }

  setKeepAlive(on: boolean, idleSeconds?: number): void {
    this.#socket.setKeepAlive(on, idleSeconds);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session.shutdown();
    this.#session[Symbol.dispose]();
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
