/** How long to wait between attempts to connect. Times are in milliseconds. */
export interface ReconnectOptions {
  /** After the first failure; 1 s unless said otherwise. */
  readonly initial?: number;
  /** At most; 120 s unless said otherwise. */
  readonly max?: number;
}

/** The parameters of grpc's doc/connection-backoff.md. */
const DEFAULTS = { initial: 1000, max: 120_000 } as const;
const MULTIPLIER = 1.6;
const JITTER = 0.2;

/** The waits between attempts to connect to one address: ever longer, until one holds. */
export class Backoff {
  readonly #initial: number;
  readonly #max: number;
  #current: number;

  constructor({ initial = DEFAULTS.initial, max = DEFAULTS.max }: ReconnectOptions = {}) {
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
