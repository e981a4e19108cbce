/** How much of the mean the last measurement is. */
const WEIGHT = 1 / 8;

/**
 * How many times the mean a measurement counts for at most: what takes far longer was not the work but
 * the machine, which had another thread to run.
 */
const MAX_FACTOR = 4;

/** Calls of which the fastest counts alone: the first ones run code that is not compiled yet. */
const FIRST_CALLS = 8;

/** Classes that are kept apart for one method: as many as a server has keys and algorithms. */
const MAX_CLASSES = 256;

/** What the calls of one class take, as a running mean. */
export class Workload {
  /** Milliseconds; undefined as long as none was measured. */
  meanMs: number | undefined;
  /** Calls of the class that wait for their turn. */
  waiting = 0;
  #first = FIRST_CALLS;

  record(ms: number): void {
    const mean = this.meanMs ?? ms;
    this.meanMs = this.#first-- > 0
      ? Math.min(ms, mean)
      : mean + (Math.min(ms, MAX_FACTOR * mean) - mean) * WEIGHT;
  }
}

/** The classes of one method's calls, as its handler names them. */
export class Workloads {
  readonly #classOf: (request: unknown) => string;
  readonly #known = new Map<string, Workload>();

  constructor(classOf: (request: unknown) => string) {
    this.#classOf = classOf;
  }

  /** The class of a request. What is over the limit, or cannot be told, shares one. */
  of(request: unknown): Workload {
    const name = this.#nameOf(request);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const workload = new Workload();
    this.#known.set(name, workload);
    return workload;
  }

  #nameOf(request: unknown): string {
    try {
      const name = this.#classOf(request);
      return this.#known.has(name) || this.#known.size < MAX_CLASSES ? name : "";
    } catch {
      // The handler will say itself what is wrong with the request.
      return "";
    }
  }
}
