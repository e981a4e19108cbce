/** The share of the window that has to arrive in one round trip before the window is doubled. */
const FULL_SHARE = 0.66;

/**
 * Estimates the bandwidth-delay product of a connection, by which receive windows grow: the bytes that
 * arrive between a PING and its answer. When they nearly fill the window, the window is the bottleneck,
 * and it doubles. A sample is taken only when a window update is due, so small calls cause no PINGs.
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

  /** Begins a sample, unless one is under way or the window cannot grow. True when a PING is to be sent. */
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

  /** Ends a sample, whose PING was answered. Returns the new window, or 0 when it does not grow. */
  end(): number {
    this.#sampling = false;
    if (this.#bytes < this.#window * FULL_SHARE) return 0;
    this.#window = Math.min(this.#maxWindow, Math.max(this.#window, this.#bytes) * 2);
    return this.#window;
  }
}
