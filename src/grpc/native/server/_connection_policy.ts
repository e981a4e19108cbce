/** The policy of a connection: age, idle time and keepalive. @module */
import { ErrorCode, type Http2Connection } from "../../../http2/mod.ts";
import type { NativeLimits } from "./limits.ts";

/** Relative variation of the maximum age, so that connections made together do not end together. */
const AGE_JITTER = 0.1;

/** Time that a drain waits for the answer to its PING before it goes on. */
const DRAIN_ROUND_TRIP_MS = 500;

/** PINGs that may be too early (gRPC's GRPC_ARG_HTTP2_MAX_PING_STRIKES). One more ends the connection. */
const MAX_PING_STRIKES = 2;

/** The least interval between PINGs without an open call, in terms of that with one: gRPC's 2 h to its 5 min. */
const IDLE_PING_FACTOR = 24;

/**
 * Policy of one connection: its maximum age and idle time, keepalive PINGs, and the rate of the peer's PINGs
 * (grpc's proposals A8 and A9, doc/keepalive.md). Checked about once a second.
 */
export class ConnectionPolicy {
  readonly #limits: NativeLimits;
  readonly #connection: Http2Connection<unknown>;
  /** Time at which the maximum age is reached. */
  readonly #drainAt: number | undefined;
  #cutAt: number | undefined = undefined;
  /** Time at which the drain was first seen. */
  #drainsSince: number | undefined = undefined;
  #idleSince: number;
  #streams = 0;
  #heardAt: number;
  #pingedAt: number | undefined = undefined;
  /** Time of the peer's last PING since a response was written. */
  #peerPingedAt: number | undefined = undefined;
  #strikes = 0;

  constructor(limits: NativeLimits, connection: Http2Connection<unknown>, now: number) {
    this.#limits = limits;
    this.#connection = connection;
    this.#drainAt = ageEnd(limits.maxConnectionAgeMs, now);
    this.#idleSince = now;
    this.#heardAt = now;
  }

  /** Start of the current idle time, to within a second. */
  get idleSince(): number {
    return this.#idleSince;
  }

  /** Notes that bytes have arrived. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  /** Notes that a part of a response was written. The peer may then send a PING. */
  wrote(): void {
    this.#strikes = 0;
    this.#peerPingedAt = undefined;
  }

  /** Counts a PING of the peer. Closes the connection, and returns false, when there were too many. */
  onPing(now: number): boolean {
    const { minPingIntervalMs } = this.#limits;
    const factor = this.#connection.streamCount > 0 ? 1 : IDLE_PING_FACTOR;
    const interval = minPingIntervalMs * factor;
    const early = this.#peerPingedAt !== undefined && now - this.#peerPingedAt < interval;
    this.#peerPingedAt = now;
    if (!early || ++this.#strikes <= MAX_PING_STRIKES) return true;
    this.#connection.close(ErrorCode.ENHANCE_YOUR_CALM, "too_many_pings");
    return false;
  }

  /** Checks age, idle time and keepalive. Returns false when the peer no longer answers. */
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

/** Time at which a connection opened at `now` reaches its maximum age; undefined for never. */
function ageEnd(maxAgeMs: number, now: number): number | undefined {
  if (maxAgeMs === Infinity) return undefined;
  return now + Math.round(maxAgeMs * (1 + AGE_JITTER * (2 * Math.random() - 1)));
}
