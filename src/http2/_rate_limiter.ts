import { connectionError } from "./errors.ts";
import type { LimitName, Limits, Rate } from "./limits.ts";

/** The limits that are rates. */
type RateName = { [K in LimitName]: Limits[K] extends Rate ? K : never }[LimitName];

/**
 * A bucket of tokens that refills with time, and with useful work. The time is looked at only when the
 * bucket is empty, so what stays within its limit costs a subtraction.
 */
export class RateLimiter {
  readonly #name: RateName;
  readonly #rate: Rate;
  #tokens: number;
  #since: number;

  constructor(name: RateName, limits: Limits, now: number) {
    this.#name = name;
    this.#rate = limits[name];
    this.#tokens = this.#rate.burst;
    this.#since = now;
  }

  /**
   * Takes a token at `now`, in milliseconds.
   *
   * @throws {Http2Error} ENHANCE_YOUR_CALM when there is none
   */
  take(now: number): void {
    if (--this.#tokens >= 0) return;
    const { burst, perSecond } = this.#rate;
    const earned = Math.floor((now - this.#since) / 1_000 * perSecond);
    this.#since = now;
    this.#tokens = Math.min(burst, earned) - 1;
    if (this.#tokens < 0) {
      throw connectionError("ENHANCE_YOUR_CALM", `The peer went over the limit of ${this.#name}`, {
        limit: this.#name,
      });
    }
  }

  /** Puts tokens back: work that allows for more. */
  give(tokens: number): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + tokens);
  }
}

/** The limiters of one connection. */
export class RateLimiters {
  readonly resets: RateLimiter;
  readonly provokedResets: RateLimiter;
  readonly refusals: RateLimiter;
  readonly pings: RateLimiter;
  readonly settings: RateLimiter;
  readonly priorities: RateLimiter;
  readonly windowUpdates: RateLimiter;
  readonly emptyFrames: RateLimiter;
  readonly strayFrames: RateLimiter;

  constructor(limits: Limits, now: number) {
    this.resets = new RateLimiter("resets", limits, now);
    this.provokedResets = new RateLimiter("provokedResets", limits, now);
    this.refusals = new RateLimiter("refusals", limits, now);
    this.pings = new RateLimiter("pings", limits, now);
    this.settings = new RateLimiter("settings", limits, now);
    this.priorities = new RateLimiter("priorities", limits, now);
    this.windowUpdates = new RateLimiter("windowUpdates", limits, now);
    this.emptyFrames = new RateLimiter("emptyFrames", limits, now);
    this.strayFrames = new RateLimiter("strayFrames", limits, now);
  }
}
