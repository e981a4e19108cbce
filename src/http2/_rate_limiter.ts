/** Limits of the rate of frames. @module */
import { connectionError } from "./errors.ts";
import type { LimitName, Limits, Rate } from "./limits.ts";

/** The names of the limits that are rates. */
type RateName = { [K in LimitName]: Limits[K] extends Rate ? K : never }[LimitName];

/**
 * A token bucket that refills with time and with useful work. The time is read only when the bucket is
 * empty, so a token within the limit costs a subtraction.
 */
class RateLimiter {
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

  /** Puts tokens back for useful work. */
  give(tokens: number): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + tokens);
  }
}

/** The rate limiters of one connection, each made when the first token is taken. */
export class RateLimiters {
  /** The time of the last event in milliseconds, set by the methods of the connection that take a time. */
  now: number;
  resets: RateLimiter | undefined = undefined;
  provokedResets: RateLimiter | undefined = undefined;
  refusals: RateLimiter | undefined = undefined;
  pings: RateLimiter | undefined = undefined;
  settings: RateLimiter | undefined = undefined;
  priorities: RateLimiter | undefined = undefined;
  windowUpdates: RateLimiter | undefined = undefined;
  emptyFrames: RateLimiter | undefined = undefined;
  strayFrames: RateLimiter | undefined = undefined;
  readonly #limits: Limits;
  readonly #since: number;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#since = now;
    this.now = now;
  }

  /**
   * Takes a token of the limit `name`.
   *
   * @throws {Http2Error} ENHANCE_YOUR_CALM when there is none
   */
  take(name: RateName): void {
    (this[name] ??= new RateLimiter(name, this.#limits, this.#since)).take(this.now);
  }
}
