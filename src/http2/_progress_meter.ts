/** The least number of bytes that have to leave within `stallTimeout`, unless fewer wait. */
const MIN_PROGRESS = 65_536;

/** The share of the waiting bytes that has to leave within `stallTimeout`. */
const SHARE = 1 / 8;

/**
 * Measures the progress of bytes that wait for a peer. A peer that takes a few bytes now and then makes no
 * progress: within each period an eighth of the bytes that waited at its beginning has to leave, and
 * 64 KiB at least or, where fewer wait, all of them.
 */
export class ProgressMeter {
  /** Bytes that have left since the period began. */
  progress = 0;
  #goal = 0;
  #since = 0;

  /**
   * Checks the progress, and begins a new period where there was enough.
   *
   * @param waiting bytes that wait at this moment
   * @param timeout milliseconds for a period
   * @returns true when the period is over without enough progress
   */
  hasStalled(now: number, waiting: number, timeout: number): boolean {
    if (waiting > 0 && this.progress < this.#goal) return now - this.#since > timeout;
    this.#goal = Math.min(waiting, Math.max(MIN_PROGRESS, waiting * SHARE));
    this.progress = 0;
    this.#since = now;
    return false;
  }
}
