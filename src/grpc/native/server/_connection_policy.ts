import { ErrorCode, type Http2Connection } from "../../../http2/mod.ts";
import type { NativeLimits } from "./limits.ts";

/** How much an age varies, so that connections made at one time do not end at one time. */
const AGE_JITTER = 0.1;

/** How long a peer may take to answer the PING that the first half of a drain waits for. */
const DRAIN_ROUND_TRIP_MS = 500;

/**
 * How long a connection lives, whether its peer is still there, and how often that may ask
 * (grpc's proposals A8 and A9, doc/keepalive.md). It is looked at about once a second.
 */
export class ConnectionPolicy {
  readonly #limits: NativeLimits;
  readonly #connection: Http2Connection<unknown>;
  /** When its age is over, if ever. */
  readonly #drainAt: number | undefined;
  #cutAt: number | undefined = undefined;
  /** When it was first seen to drain. */
  #drainsSince: number | undefined = undefined;
  #idleSince: number;
  #streams = 0;
  #heardAt: number;
  #pingedAt: number | undefined = undefined;
  /** When the peer has sent a PING, since a response was written last. */
  #peerPingedAt: number | undefined = undefined;
  #strikes = 0;

  constructor(limits: NativeLimits, connection: Http2Connection<unknown>, now: number) {
    this.#limits = limits;
    this.#connection = connection;
    this.#drainAt = ageEnd(limits.maxConnectionAgeMs, now);
    this.#idleSince = now;
    this.#heardAt = now;
  }

  /** The time since which the connection has had no call, as it was seen last. */
  get idleSince(): number {
    return this.#idleSince;
  }

  /** Bytes have come. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /** A part of a response was written: the peer has reason to ask. */
  wrote(): void {
    this.#strikes = 0;
    this.#peerPingedAt = undefined;
  }

  /** The peer has sent a PING. */
  onPing(now: number): void {
    const { minPingIntervalMs, minIdlePingIntervalMs, maxPingStrikes } = this.#limits;
    const interval = this.#connection.streamCount > 0 ? minPingIntervalMs : minIdlePingIntervalMs;
    const early = this.#peerPingedAt !== undefined && now - this.#peerPingedAt < interval;
    this.#peerPingedAt = now;
    if (!early || ++this.#strikes <= maxPingStrikes) return;
    this.#connection.close(ErrorCode.ENHANCE_YOUR_CALM, "too_many_pings");
  }

  /** Looks at the time. False when the peer is not there any more. */
  tick(now: number): boolean {
    this.#checkAge(now);
    this.#checkIdle(now);
    return this.#checkAlive(now);
  }

  #checkAge(now: number): void {
    const { phase } = this.#connection;
    if (this.#drainAt !== undefined && now >= this.#drainAt && phase.kind === "open") {
      this.#cutAt = now + this.#limits.maxConnectionAgeGraceMs;
      this.#connection.drain();
    }
    if (this.#connection.phase.kind === "announced") {
      // A peer that does not answer the PING of the drain's first half does not hold up the second.
      this.#drainsSince ??= now;
      if (now - this.#drainsSince >= DRAIN_ROUND_TRIP_MS) this.#connection.drain();
    }
    if (this.#cutAt !== undefined && now >= this.#cutAt) {
      this.#connection.close(ErrorCode.NO_ERROR, "max_age");
    }
  }

  #checkIdle(now: number): void {
    const { streamCount, statistics } = this.#connection;
    if (streamCount > 0 || statistics.streamsOpened !== this.#streams) {
      this.#streams = statistics.streamsOpened;
      this.#idleSince = now;
    } else if (now - this.#idleSince >= this.#limits.maxConnectionIdleMs) {
      if (this.#connection.phase.kind === "open") this.#connection.drain();
    }
  }

  #checkAlive(now: number): boolean {
    const { keepaliveMs, keepaliveTimeoutMs } = this.#limits;
    if (this.#pingedAt !== undefined) return now - this.#pingedAt < keepaliveTimeoutMs;
    if (now - this.#heardAt < keepaliveMs) return true;
    const asked = this.#connection.ping(() => this.#pingedAt = undefined);
    if (asked) this.#pingedAt = now;
    return true;
  }
}

/** When the age of a connection made at `now` is over; undefined for never. */
function ageEnd(maxAgeMs: number, now: number): number | undefined {
  if (maxAgeMs === Infinity) return undefined;
  return now + Math.round(maxAgeMs * (1 + AGE_JITTER * (2 * Math.random() - 1)));
}
