/** A period in which the rate changes linearly. */
interface Segment {
  /** Milliseconds. Only the last segment may be endless; its rate is then constant. */
  readonly duration: number;
  /** Requests a second. */
  readonly from: number;
  readonly to: number;
}

/** A segment with its position. */
interface Placed extends Segment {
  readonly start: number;
  /** Requests before it: the integral of the rate, not a whole number. */
  readonly before: number;
  /** Requests within it. */
  readonly inside: number;
}

/**
 * The due times of an open loop: request k is due when the integral of the rate reaches k. Each time is computed from
 * the start, so errors do not accumulate.
 */
export class Schedule {
  readonly #segments: readonly Placed[];

  /** @param segments the last must be endless */
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

  /** The due time of request `k` in milliseconds from the start; Infinity if the rate stays at 0. */
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
}

/**
 * Returns the time within a segment at which `amount` requests are due: the solution of
 * `from·t + (to-from)·t²/2d = amount`, in a form that is stable for every slope and for none.
 */
function timeWithin({ from, to, duration }: Segment, amount: number): number {
  if (amount <= 0) return 0;
  if (from === to) return amount * 1000 / from;
  const slope = (to - from) / (duration / 1000);
  return 2 * amount / (from + Math.sqrt(Math.max(0, from * from + 2 * slope * amount))) * 1000;
}

/** A schedule of a constant rate. */
export function constantSchedule(rate: number): Schedule {
  return new Schedule([{ duration: Infinity, from: rate, to: rate }]);
}

/** A change of the rate from `start` to `end` requests a second, which then stays. */
export interface RateChange {
  readonly start: number;
  readonly end: number;
}

/** A change of the rate by `step` every `stepDuration` milliseconds. */
export interface Steps extends RateChange {
  readonly step: number;
  readonly stepDuration: number;
}

/** The largest number of steps. A schedule with more should be a ramp. */
export const MAX_STEPS = 10_000;

/**
 * Returns a schedule whose rate changes in steps.
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

/** Returns a schedule whose rate changes linearly from `start` to `end` in `duration` milliseconds. */
export function rampSchedule({ start, end }: RateChange, duration: number): Schedule {
  return new Schedule([
    { duration, from: start, to: end },
    { duration: Infinity, from: end, to: end },
  ]);
}
