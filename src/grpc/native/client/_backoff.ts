import { defaultReconnect, type ReconnectOptions } from "../../mod.ts";

/** The other parameters of grpc's doc/connection-backoff.md. */
const MULTIPLIER = 1.6;
const JITTER = 0.2;

/** The waits between attempts to connect to one address: ever longer, until one holds. */
export class Backoff {
  readonly #initial: number;
  readonly #max: number;
  #current: number;

  constructor(options: ReconnectOptions = {}) {
    const { initial, max } = { ...defaultReconnect, ...options };
    this.#initial = initial;
    this.#max = Math.max(initial, max);
    this.#current = initial;
  }

  /** A connection that ends sooner than this has not held. */
  get initial(): number {
    return this.#initial;
  }

  /** Milliseconds from the beginning of the attempt that failed to the next. */
  next(): number {
    const wait = this.#current;
    this.#current = Math.min(this.#max, wait * MULTIPLIER);
    return wait * (1 + JITTER * (2 * Math.random() - 1));
  }

  /** An attempt has held. */
  reset(): void {
    this.#current = this.#initial;
  }
}
