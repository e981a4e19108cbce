/** The result of a step of a ramp. */
export interface RampStep {
  /** The target rate, in requests a second. */
  readonly rate: number;
  /** The completed requests a second. */
  readonly reached: number;
  readonly errors: number;
  /** Median latency in nanoseconds, from the due time. */
  readonly p50: number;
  readonly p99: number;
}

/** The reason why a step is beyond the knee. */
export type Strain = "errors" | "rate" | "latency";

/** A server that completes a smaller share of the target rate does not keep up. */
const REACHED_SHARE = 0.95;

/** The median of a server that keeps up is at most this many times the median of the first step ... */
const LATENCY_FACTOR = 10;
/** ... or at most this many nanoseconds, which allows for a very short first median. */
const SHORT_NS = 5_000_000;

/** Factor between the rates of successive steps until one fails. */
const GROWTH = 1.5;

/** Bisection steps between the last good and the first bad rate. */
const REFINEMENTS = 3;

/**
 * Searches for the knee: the highest rate that a server keeps up with. The rate grows by half with each step until a
 * step fails. Bisection between the last good and the first bad rate follows.
 */
export class RampSearch {
  readonly #limit: number;
  readonly #steps: (RampStep & { readonly strain: Strain | undefined })[] = [];
  #rate: number;
  #good: RampStep | undefined;
  #bad: number | undefined;
  #refinements = 0;

  /** @param limit the highest rate to try */
  constructor(start: number, limit: number) {
    this.#rate = start;
    this.#limit = limit;
  }

  /** The rate of the next step; undefined when the knee is found or the limit is reached. */
  get next(): number | undefined {
    return this.#rate === 0 ? undefined : this.#rate;
  }

  /** The completed steps in order, each with the reason for its failure. */
  get steps(): readonly (RampStep & { readonly strain: Strain | undefined })[] {
    return this.#steps;
  }

  /** The step with the highest rate that held. */
  get knee(): RampStep | undefined {
    return this.#good;
  }

  /** The lowest rate that failed; undefined if none did. */
  get broken(): number | undefined {
    return this.#bad;
  }

  /** Records the result of the step at rate `next`. */
  record(step: RampStep): void {
    const strain = this.#strainOf(step);
    this.#steps.push({ ...step, strain });
    if (strain === undefined) this.#good = step;
    else this.#bad = step.rate;
    this.#rate = this.#nextRate(step.rate);
  }

  #nextRate(rate: number): number {
    if (this.#bad === undefined) {
      return rate >= this.#limit ? 0 : Math.min(rate * GROWTH, this.#limit);
    }
    if (this.#good === undefined || this.#refinements++ >= REFINEMENTS) return 0;
    return (this.#good.rate + this.#bad) / 2;
  }

  #strainOf({ rate, reached, errors, p50 }: RampStep): Strain | undefined {
    if (errors > 0) return "errors";
    if (reached < REACHED_SHARE * rate) return "rate";
    const first = this.#steps[0]?.p50 ?? p50;
    return p50 > Math.max(first * LATENCY_FACTOR, SHORT_NS) ? "latency" : undefined;
  }
}
