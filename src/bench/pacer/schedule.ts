/** A stretch of time in which the rate goes evenly from one value to another. */
interface Segment {
  /** Milliseconds; only the last segment may be endless, and then its rate does not change. */
  readonly duration: number;
  /** Requests a second. */
  readonly from: number;
  readonly to: number;
}

/** A segment with what comes before it. */
interface Placed extends Segment {
  readonly start: number;
  /** How much of the requests falls before it: the integral of the rate, so not a whole number. */
  readonly before: number;
  /** How much of them falls into it. */
  readonly inside: number;
}

/**
 * When each request of an open loop is due: the k-th at the time at which the integral of the rate
 * reaches k. Each time is computed from the start and not from the time before it, so nothing drifts.
 */
export class Schedule {
  readonly #segments: readonly Placed[];

  /** @param segments the last one endless */
  constructor(segments: readonly Segment[]) {
    let start = 0;
    let before = 0;
    this.#segments = segments.map((segment) => {
      const { from, to, duration } = segment;
      const inside = (from + to) / 2 * duration / 1000;
      const placed = { ...segment, start, before, inside };
      start += duration;
      before += inside;
      return placed;
    });
  }

  /** When request `k` is due, in milliseconds from the start; Infinity where the rate stays at 0. */
  dueAt(k: number): number {
    const segments = this.#segments;
    let low = 0;
    let high = segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (segments[middle].before <= k) low = middle;
      else high = middle - 1;
    }
    const segment = segments[low];
    return segment.start + timeWithin(segment, k - segment.before);
  }

  /** Requests a second at a time in milliseconds from the start. */
  rateAt(time: number): number {
    const segment = this.#segments.findLast(({ start }) => start <= time) ?? this.#segments[0];
    const { start, from, to, duration } = segment;
    return from === to ? from : from + (to - from) * (time - start) / duration;
  }
}

/**
 * Milliseconds into a segment until `amount` of requests has fallen into it: where
 * `from·t + (to-from)·t²/2d = amount`. Written so that it holds for every slope, also for none.
 */
function timeWithin({ from, to, duration }: Segment, amount: number): number {
  if (amount <= 0) return 0;
  if (from === to) return amount * 1000 / from;
  const slope = (to - from) / (duration / 1000);
  return 2 * amount / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * amount))) * 1000;
}

/** The same rate all the time. */
export function constantSchedule(rate: number): Schedule {
  return new Schedule([{ duration: Infinity, from: rate, to: rate }]);
}

/** A rate that changes from `start` to `end` requests a second, and stays there. */
export interface RateChange {
  readonly start: number;
  readonly end: number;
}

/** The steps that a rate takes: so much more, or less, each `stepDuration` milliseconds. */
export interface Steps extends RateChange {
  readonly step: number;
  readonly stepDuration: number;
}

/** Steps beyond which a schedule is meant to be a ramp. */
export const MAX_STEPS = 10_000;

/**
 * A rate that goes in steps.
 *
 * @throws {RangeError} for more than {@linkcode MAX_STEPS} steps
 */
export function stepSchedule({ start, end, step, stepDuration }: Steps): Schedule {
  const count = Math.ceil(Math.abs(end - start) / Math.abs(step));
  if (!(count <= MAX_STEPS)) {
    throw new RangeError(`A schedule of ${count} steps is too long: use larger steps, or a ramp`);
  }
  const direction = Math.sign(end - start);
  const segments: Segment[] = [];
  for (let i = 0; i < count; i++) {
    const rate = start + direction * Math.abs(step) * i;
    segments.push({ duration: stepDuration, from: rate, to: rate });
  }
  segments.push({ duration: Infinity, from: end, to: end });
  return new Schedule(segments);
}

/** A rate that goes evenly from `start` to `end` in `duration` milliseconds. */
export function rampSchedule({ start, end }: RateChange, duration: number): Schedule {
  return new Schedule([
    { duration, from: start, to: end },
    { duration: Infinity, from: end, to: end },
  ]);
}
