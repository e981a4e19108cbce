/** Classes of work by cost: work of one class takes about the same time, which is measured. @module */

/** Weight of the last measurement in the mean. */
const WEIGHT = 1 / 8;

/**
 * The most that a measurement counts, as a multiple of the mean. A far longer measurement includes the time of another
 * thread on the CPU.
 */
const MAX_FACTOR = 4;

/** The first measurements, of which only the fastest counts: they run code that is not compiled yet. */
const FIRST_MEASUREMENTS = 8;

/** The most cost classes of a thread: far more than a server has methods, keys and sizes. */
const MAX_CLASSES = 1_024;

/** A class of work that takes about the same time, with the running mean of its duration. */
export class CostClass {
  /** Milliseconds; undefined before the first measurement. */
  meanMs: number | undefined;
  #first = FIRST_MEASUREMENTS;

  /** @param isUneven true when durations differ by orders of magnitude, so that the mean does not predict the next */
  constructor(readonly isUneven = false) {}

  record(ms: number): void {
    const mean = this.meanMs ?? ms;
    this.meanMs = this.#first-- > 0
      ? Math.min(ms, mean)
      : mean + (Math.min(ms, MAX_FACTOR * mean) - mean) * WEIGHT;
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
