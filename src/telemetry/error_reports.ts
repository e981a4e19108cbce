/** Rate-limited error logs. @module */
import type { LogEvent } from "./events.ts";
import type { Logger } from "./logs.ts";

/** Lines that may be written at once, and the rate of further ones. */
interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** All lines of a log: some 500 bytes each, so 1 kB a second. */
const WHOLE: Rate = { burst: 50, perSecond: 2 };

/** The lines of one peer, of which ten are needed to use up the whole. */
const OF_PEER: Rate = { burst: 10, perSecond: 0.2 };

/** 1,000 peers with budgets of their own, some 100 kB. */
const MAX_PEERS = 1_000;

/**
 * Logs an error.
 *
 * @param peer the peer that has caused it, as in `CallContext.peerIdentity`
 */
export type ErrorReports = (
  event: LogEvent,
  properties: Record<string, unknown>,
  peer?: string,
) => void;

/**
 * Logs errors that a peer may cause, at a bounded rate, so that a peer that repeats one cannot fill the disk. Each peer
 * has a small budget within that of the whole log, so that one peer does not keep the errors of others out of it. The
 * next line has the number of omitted ones.
 *
 * @param now the clock, in milliseconds
 * @param level of the log lines
 */
export function errorReports<L extends "error" | "warn" | "info" = "error">(
  log: Pick<Logger, L>,
  now: () => number = () => performance.now(),
  level: L = "error" as L,
): ErrorReports {
  const whole = new TokenBucket(WHOLE, now());
  const ofPeers = new PeerBuckets();
  let omitted = 0;
  return (event, properties, peer) => {
    const time = now();
    const ofPeer = peer === undefined ? undefined : ofPeers.of(peer, time);
    if (!whole.hasToken(time) || ofPeer?.hasToken(time) === false) {
      omitted++;
      return;
    }
    whole.take();
    ofPeer?.take();
    log[level](event, omitted > 0 ? { ...properties, omitted } : properties);
    omitted = 0;
  };
}

/** A bucket that fills with tokens at a rate. */
class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #since: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#since = now;
  }

  hasToken(now: number): boolean {
    const { burst, perSecond } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#since) / 1_000 * perSecond);
    this.#since = now;
    return this.#tokens >= 1;
  }

  take(): void {
    this.#tokens--;
  }
}

/** The buckets of the peers that have been reported last. */
class PeerBuckets {
  readonly #buckets = new Map<string, TokenBucket>();

  of(peer: string, now: number): TokenBucket {
    const bucket = this.#buckets.get(peer) ?? new TokenBucket(OF_PEER, now);
    // The order of a map is that of insertion: the peer reported longest ago is the first.
    this.#buckets.delete(peer);
    this.#buckets.set(peer, bucket);
    if (this.#buckets.size > MAX_PEERS) {
      const [oldest] = this.#buckets.keys();
      this.#buckets.delete(oldest);
    }
    return bucket;
  }
}
