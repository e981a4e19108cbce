/**
 * The interval between calls of `QuietWatch.isQuiet()` in milliseconds, and the shortest time of quiet. After a shorter
 * pause memory stays: the next calls would pay for it.
 */
export const QUIET_CHECK_MS = 10_000;

/** Marks of progress in one interval from which on it counts as a load: a hundred calls a second. */
const LOAD_MARKS = 1_000;

/** A thread is quiet when it makes less than this part of the progress of the busiest interval. */
const QUIET_SHARE = 1 / 8;

/**
 * Detects that threads have become quiet after a load, from a count of their progress: each event, call and piece of
 * work is a mark. The start counts as a load, as modules are loaded then.
 */
export class QuietWatch {
  #progress = 0;
  /** Marks of the busiest interval of the load; 0 when there was no load since the last quiet. */
  #busiest = Infinity;
  #isQuiet = false;
  #wasQuiet = false;

  /**
   * True when the check before the last one found quiet. V8 frees buffers after the collection, so the process is trimmed
   * once more then.
   */
  get wasQuiet(): boolean {
    return this.#wasQuiet;
  }

  /**
   * Returns true once after each load, when the threads are quiet. To be called at intervals of `QUIET_CHECK_MS`.
   *
   * @param progress the count modulo 2^32
   */
  isQuiet(progress: number): boolean {
    this.#wasQuiet = this.#isQuiet;
    this.#isQuiet = this.#hasBecomeQuiet(progress);
    return this.#isQuiet;
  }

  #hasBecomeQuiet(progress: number): boolean {
    const marks = (progress - this.#progress) >>> 0;
    this.#progress = progress;
    if (marks >= LOAD_MARKS && (this.#busiest === Infinity || marks > this.#busiest)) {
      this.#busiest = marks;
    }
    if (this.#busiest === 0 || marks >= this.#busiest * QUIET_SHARE) return false;
    this.#busiest = 0;
    return true;
  }
}
