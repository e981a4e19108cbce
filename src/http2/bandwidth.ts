/** The share of the window that one round trip has to fill before the window is doubled. */
const FULL_SHARE = 0.66;

/**
 * Estimates the bandwidth-delay product of a connection, for receive windows that adapt to it: the
 * bytes that arrive between a PING and its answer are what the path holds. Where they come near the
 * window, the window is what limits, and it doubles. A sample is taken only when a window update is due,
 * so small calls cause no PINGs at all.
 */
export class BandwidthEstimator {
  #window: number;
  readonly #maxWindow: number;
  #bytes = 0;
  #sampling = false;

  constructor(window: number, maxWindow: number) {
    this.#window = window;
    this.#maxWindow = maxWindow;
  }

  /** Whether a sample is to begin, with a PING: none is under way, and the window can still grow. */
  begin(): boolean {
    if (this.#sampling || this.#window >= this.#maxWindow) return false;
    this.#sampling = true;
    this.#bytes = 0;
    return true;
  }

  /** Counts bytes of DATA that have arrived. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The sample's PING was answered. Returns the new window where it grows, or else 0. */
  end(): number {
    this.#sampling = false;
    if (this.#bytes < this.#window * FULL_SHARE) return 0;
    this.#window = Math.min(this.#maxWindow, Math.max(this.#window, this.#bytes) * 2);
    return this.#window;
  }
}
