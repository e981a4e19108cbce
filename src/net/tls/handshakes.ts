/** The TLS handshakes of the connections that a thread has accepted. @module */
import { libc, type TlsContext } from "../../ffi/mod.ts";
import { NetError } from "../errors.ts";
import { formatPeer } from "../peer.ts";
import { identityOf } from "../peer_identity.ts";
import type { PollHandler, Registrar } from "../poller.ts";
import type { Socket } from "../socket.ts";
import type { Stream } from "../stream.ts";
import { TlsStream } from "./tls_stream.ts";

/** Limits of handshakes under way, which may change. A peer opens a connection without a handshake at no cost. */
export interface HandshakeLimits {
  /** Milliseconds for one handshake, which is three messages: a few round trips. */
  readonly handshakeTimeoutMs: number;
  /** Handshakes under way at once on a thread. Over it, the oldest handshake of the peer with the most is ended. */
  readonly maxHandshakes: number;
}

/** The outcomes of handshakes. */
export interface HandshakeEvents {
  /** A step of a handshake was made, which may have taken milliseconds. */
  onStep?(): void;
  /** A handshake is done. The callee owns the stream, which is no longer registered. */
  onStream(stream: TlsStream): void;
  /** A handshake failed. The callee closes the stream, which is no longer registered. */
  onFailed(stream: Stream, error: NetError): void;
}

/**
 * Server handshakes under way. All have the same time limit, so the insertion order of the set is the order of
 * their deadlines.
 */
export class TlsHandshakes implements Disposable {
  readonly #context: () => TlsContext;
  readonly #registrar: Registrar;
  readonly #events: HandshakeEvents;
  readonly #limits: HandshakeLimits;
  readonly #pending = new Set<Handshake>();
  /** The number of handshakes under way by `identityOf()` the peer: peers on this machine count as one. */
  readonly #byPeer = new Map<string | undefined, number>();

  /**
   * @param context gives the context for new handshakes: another one after certificates changed
   * @param limits are read at each use, so new values hold at once, also for handshakes under way
   */
  constructor(
    context: () => TlsContext,
    registrar: Registrar,
    events: HandshakeEvents,
    limits: HandshakeLimits,
  ) {
    this.#context = context;
    this.#registrar = registrar;
    this.#events = events;
    this.#limits = limits;
  }

  /** Handshakes under way. */
  get size(): number {
    return this.#pending.size;
  }

  /** The deadline of the oldest handshake, on the clock of `start()`; Infinity without any. */
  get due(): number {
    for (const handshake of this.#pending) return this.#dueOf(handshake);
    return Infinity;
  }

  /** Begins the handshake of an accepted socket. Over the limit, an older handshake is ended. */
  start(socket: Socket, now: number): void {
    let stream: Stream = socket;
    try {
      const session = stream = new TlsStream(this.#context(), socket);
      const handshake = new Handshake(session, now, this);
      this.#registrar.add(session.fd, handshake.interest, handshake);
      this.#pending.add(handshake);
      this.#byPeer.set(handshake.peer, (this.#byPeer.get(handshake.peer) ?? 0) + 1);
    } catch (error) {
      return this.#events.onFailed(stream, error as NetError);
    }
    if (this.#pending.size > this.#limits.maxHandshakes) this.#endOldest();
  }

  /** Ends the handshakes whose time is over. */
  expire(now: number): void {
    for (const handshake of this.#pending) {
      if (this.#dueOf(handshake) > now) return;
      const peer = formatPeer(handshake.stream.peer);
      const text =
        `The TLS handshake with ${peer} took longer than ${this.#limits.handshakeTimeoutMs} ms`;
      this.#fail(handshake, new NetError("TIMED_OUT", text, { limit: "handshakeTimeoutMs" }));
    }
  }

  /** Makes the next step of a handshake whose socket is ready. */
  proceed(handshake: Handshake): void {
    const { stream } = handshake;
    const result = stream.handshake();
    this.#events.onStep?.();
    if (result === 1) {
      this.#remove(handshake);
      return this.#events.onStream(stream);
    }
    if (result === -libc.errno.EINTR) return;
    if (result === -libc.errno.EAGAIN) {
      const interest = stream.readWantsWrite ? libc.EPOLLOUT : libc.EPOLLIN;
      if (interest !== handshake.interest) this.#registrar.modify(stream.fd, interest);
      handshake.interest = interest;
      return;
    }
    this.#fail(
      handshake,
      stream.failure ?? new NetError(
        "CLOSED",
        `${formatPeer(stream.peer)} closed the connection within the TLS handshake`,
      ),
    );
  }

  /** Ends every handshake, as failed. */
  [Symbol.dispose](): void {
    for (const handshake of this.#pending) {
      this.#fail(handshake, new NetError("CLOSED", "The server ends"));
    }
  }

  /**
   * Ends the oldest handshake of the peer with the most, to make room for a newer one. Refusing the newer one would let a
   * peer with as many silent connections keep all others out, and so would the end of the oldest of all for a peer that
   * opens connections faster than handshakes are made. A handshake takes a few round trips, and is rarely the oldest.
   */
  #endOldest(): void {
    let [busiest, most]: [string | undefined, number] = [undefined, 0];
    for (const [peer, count] of this.#byPeer) {
      if (count > most) [busiest, most] = [peer, count];
    }
    for (const handshake of this.#pending) {
      if (handshake.peer !== busiest) continue;
      const peer = formatPeer(handshake.stream.peer);
      const text = `The TLS handshake with ${peer} was ended to make room for a newer one: ` +
        `${this.#limits.maxHandshakes} are under way`;
      return this.#fail(handshake, new NetError("TLS_BUSY", text, { limit: "maxHandshakes" }));
    }
  }

  #dueOf({ startedAt }: Handshake): number {
    return startedAt + this.#limits.handshakeTimeoutMs;
  }

  #fail(handshake: Handshake, error: NetError): void {
    this.#remove(handshake);
    this.#events.onFailed(handshake.stream, error);
  }

  #remove(handshake: Handshake): void {
    const { peer, stream } = handshake;
    this.#pending.delete(handshake);
    const left = this.#byPeer.get(peer)! - 1;
    if (left > 0) this.#byPeer.set(peer, left);
    else this.#byPeer.delete(peer);
    this.#registrar.remove(stream.fd);
  }
}

/** One handshake under way. */
class Handshake implements PollHandler {
  readonly stream: TlsStream;
  readonly startedAt: number;
  /** `identityOf()` the peer. */
  readonly peer: string | undefined;
  /** The event that it waits for. */
  interest: number = libc.EPOLLIN;
  readonly #owner: TlsHandshakes;

  constructor(stream: TlsStream, startedAt: number, owner: TlsHandshakes) {
    this.stream = stream;
    this.startedAt = startedAt;
    this.peer = identityOf(stream.peer);
    this.#owner = owner;
  }

  onReady(): void {
    this.#owner.proceed(this);
  }

  /** Events of open connections are handled first: one step signs with the server's key, 4 ms for RSA-4096. */
  get defers(): boolean {
    return true;
  }
}
