/** Classes of work by cost: work of one class takes about the same time, which is measured. @module */

/** Weight of the last measurement in the mean. */
const WEIGHT = 1 / 8;

/**
 * The most that a measurement counts, as a multiple of the mean. A far longer measurement includes the time of another
 * thread on the CPU.
 */
const MAX_FACTOR = 4;

/**
 * The expected duration stays as it is while the mean differs from it by no more than this part. With each small change
 * of the mean, connections with equal calls would be charged differently, and change their order (`Turns`).
 */
const STEP = 1 / 8;

/** The first measurements, of which only the fastest counts: they run code that is not compiled yet. */
const FIRST_MEASUREMENTS = 8;

/** The most cost classes of a thread: far more than a server has methods, keys and sizes. */
const MAX_CLASSES = 1_024;

/** A class of work that takes about the same time, with the running mean of its duration. */
export class CostClass {
  /** The mean in milliseconds; undefined before the first measurement. */
  meanMs: number | undefined;
  /** The expected duration in milliseconds: about the mean, but it changes in steps. */
  expectedMs: number | undefined;
  #first = FIRST_MEASUREMENTS;

  /** @param isUneven true when durations differ by orders of magnitude, so that the mean does not predict the next */
  constructor(readonly isUneven = false) {}

  record(ms: number): void {
    const before = this.meanMs ?? ms;
    const isFirst = this.#first-- > 0;
    const mean = isFirst
      ? Math.min(ms, before)
      : before + (Math.min(ms, MAX_FACTOR * before) - before) * WEIGHT;
    this.meanMs = mean;
    const expected = this.expectedMs ?? mean;
    if (isFirst || Math.abs(mean - expected) > expected * STEP) this.expectedMs = mean;
  }
}

/** The cost classes of one thread, by name. */
export class CostClasses {
  readonly #known = new Map<string, CostClass>();

  /** Returns the cost class of a name. Names beyond the limit share one. */
  of(name: string, isUneven = false): CostClass {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const key = this.#known.size < MAX_CLASSES ? name : "";
    let costClass = this.#known.get(key);
    if (costClass === undefined) this.#known.set(key, costClass = new CostClass(isUneven));
    return costClass;
  }
}
