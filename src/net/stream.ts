/** A connected byte stream on a non-blocking descriptor: a plain socket, or TLS over one. @module */
import type { Address } from "./address.ts";
import type { NetError } from "./errors.ts";
import type { Peer } from "./peer.ts";

/** The operations that HTTP/2 needs of a connection. Nothing waits: results are those of the kernel. */
export interface Stream {
  /** The descriptor to watch; -1 after `close()`. */
  readonly fd: number;
  /** The other end. */
  readonly peer: Peer;
  /** The address of this end; undefined for a Unix socket that dialled out. */
  readonly localAddress: Address | undefined;
  /** The verified certificate of the peer in DER; undefined without TLS, and for a peer that sent none. */
  readonly peerCertificate: Uint8Array | undefined;
  /** Input that left the kernel already, so that epoll does not report it: read again. */
  readonly hasPending: boolean;
  /** A read that gave `-EAGAIN` waits for the socket to be writable. */
  readonly readWantsWrite: boolean;
  /** The reason of `-EPROTO`: TLS failed. */
  readonly failure: NetError | undefined;
  /** Reads at most `length` bytes into the front of `buffer`: their number, 0 at the end, or minus an errno. */
  read(buffer: Uint8Array, length: number): number;
  /** Sends the first bytes of `buffer`, `length` at most: their number, or minus an errno. */
  write(buffer: Uint8Array, length: number): number;
  /** Half-close: the peer reads to the end; its own bytes are still read here. */
  shutdownWrite(): void;
  /** The pending error as a positive errno, which this clears. */
  takeError(): number;
  /** TCP: sends small segments at once (TCP_NODELAY). */
  setNoDelay(on?: boolean): void;
  /** TCP: probes an idle peer. */
  setKeepAlive(on: boolean, idleSeconds?: number): void;
  /** Closes the descriptor. A second call does nothing. */
  close(): void;
}
