/** What a step of a ramp has shown. */
export interface RampStep {
  /** Requests a second that were asked for. */
  readonly rate: number;
  /** Requests a second that ended. */
  readonly reached: number;
  readonly errors: number;
  /** Nanoseconds, from when requests were due. */
  readonly p50: number;
  readonly p99: number;
}

/** Why a step is beyond the knee. */
export type Strain = "errors" | "rate" | "latency";

/** A server that answers less than this share of what it is asked does not keep up. */
const REACHED_SHARE = 0.95;

/** The median of a server that keeps up stays below so many times that of the first step ... */
const LATENCY_FACTOR = 10;
/** ... or below this, where that was too short to compare with; nanoseconds. */
const SHORT_NS = 5_000_000;

/** Between steps until there is one too many, each is so many times as steep. */
const GROWTH = 1.5;

/** Steps between the last good and the first bad one, to find the knee between them. */
const REFINEMENTS = 3;

/**
 * Looks for the knee: the highest rate that a server keeps up with. The rate grows by half with each
 * step, until a step fails; then the gap between the last that held and the first that did not is
 * halved a few times.
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

  /** The rate to try next; undefined when the knee is found, or the limit reached. */
  get next(): number | undefined {
    return this.#rate === 0 ? undefined : this.#rate;
  }

  /** What was tried, in its order, and what was wrong with it. */
  get steps(): readonly (RampStep & { readonly strain: Strain | undefined })[] {
    return this.#steps;
  }

  /** The steepest step that held. */
  get knee(): RampStep | undefined {
    return this.#good;
  }

  /** The lowest rate that did not hold; undefined when all did. */
  get broken(): number | undefined {
    return this.#bad;
  }

  /** The result of the step that was next. */
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
