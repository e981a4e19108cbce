import { repeatBackoff, StatusCode } from "../../mod.ts";
import type { Ending } from "./_exchange.ts";

/** The trailer by which a server says when to come again, in milliseconds, or with -1 not to. */
const pushbackHeader = "grpc-retry-pushback-ms";

/** The header that tells a server how often the call was tried before. */
export const attemptsHeader = "grpc-previous-rpc-attempts";

/** Whether and when one call is made again. */
export class RetryPolicy {
  readonly #most: number;
  /** Attempts that have failed and were followed by another. */
  attempts = 0;

  /** @param most how often the call is made again at most */
  constructor(most: number) {
    this.#most = most;
  }

  /** Milliseconds to the next attempt after one that ended so; undefined for no further one. */
  next({ code, trailers }: Ending): number | undefined {
    if (code !== StatusCode.UNAVAILABLE || this.attempts >= this.#most) return undefined;
    const asked = trailers?.get(pushbackHeader);
    const wait = asked === undefined ? this.#backoff() : pushback(asked);
    if (wait !== undefined) this.attempts++;
    return wait;
  }

  #backoff(): number {
    const { initial, max, multiplier } = repeatBackoff;
    return Math.random() * Math.min(max, initial * multiplier ** this.attempts);
  }
}

function pushback(value: string): number | undefined {
  return /^[0-9]{1,9}$/.test(value) ? Number(value) : undefined;
}
