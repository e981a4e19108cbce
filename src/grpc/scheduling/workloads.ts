/** Weight of the last measurement in the mean. */
const WEIGHT = 1 / 8;

/**
 * The most that a measurement counts, as a multiple of the mean: a far longer one was not of the work but of the
 * machine, which had another thread to run.
 */
const MAX_FACTOR = 4;

/** Measurements of which the fastest counts alone: the first ones run code that is not compiled yet. */
const FIRST_MEASUREMENTS = 8;

/** Workloads that are kept apart: far more than the methods, keys and sizes that a server tells apart. */
const MAX_WORKLOADS = 1_024;

/** Work that takes alike long each time, and the running mean of its duration. */
export class Workload {
  /** Milliseconds; undefined before the first measurement. */
  meanMs: number | undefined;
  #first = FIRST_MEASUREMENTS;

  /** @param isUneven true when durations differ by orders of magnitude, so that the mean says little of the next */
  constructor(readonly isUneven = false) {}

  record(ms: number): void {
    const mean = this.meanMs ?? ms;
    this.meanMs = this.#first-- > 0
      ? Math.min(ms, mean)
      : mean + (Math.min(ms, MAX_FACTOR * mean) - mean) * WEIGHT;
  }
}

/** The workloads of one thread, by name. */
export class Workloads {
  readonly #known = new Map<string, Workload>();

  /** The workload of a name. Names beyond the limit share one. */
  of(name: string, isUneven = false): Workload {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const key = this.#known.size < MAX_WORKLOADS ? name : "";
    let workload = this.#known.get(key);
    if (workload === undefined) this.#known.set(key, workload = new Workload(isUneven));
    return workload;
  }
}
