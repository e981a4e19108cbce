/** A quantity at a time in milliseconds. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** The trend of a quantity. */
export interface Growth {
  /** The change in an hour, by linear regression. */
  readonly perHour: number;
  /** True if it grows by more than its variation, as a leak does. */
  readonly grows: boolean;
}

/** The first part of a run, in which caches fill and code is compiled. It is ignored. */
const SETTLING = 1 / 3;

/** The least number of points and the least time for a trend: garbage is collected at long intervals. */
const MIN_POINTS = 10;
const MIN_SPAN_MS = 60_000;

/** A slope is significant from this many standard errors. */
const STANDARD_ERRORS = 4;

/** The least growth during the run, relative to the mean, that is reported. */
const WORTH_SAYING = 0.05;

/** Computes the trend of a quantity after the settling time; undefined for too few points or too short a time. */
export function growthOf(points: readonly Point[]): Growth | undefined {
  const settled = points.slice(Math.floor(points.length * SETTLING));
  const count = settled.length;
  if (count < MIN_POINTS || settled.at(-1)!.at - settled[0].at < MIN_SPAN_MS) return undefined;
  const meanAt = settled.reduce((sum, { at }) => sum + at, 0) / count;
  const mean = settled.reduce((sum, { value }) => sum + value, 0) / count;
  let squares = 0;
  let products = 0;
  for (const { at, value } of settled) {
    squares += (at - meanAt) ** 2;
    products += (at - meanAt) * (value - mean);
  }
  const slope = products / squares;
  const rest = settled.reduce(
    (sum, { at, value }) => sum + (value - mean - slope * (at - meanAt)) ** 2,
    0,
  );
  const error = Math.sqrt(rest / (count - 2) / squares);
  const growth = slope * (settled.at(-1)!.at - settled[0].at);
  return {
    perHour: slope * 3_600_000,
    grows: slope > STANDARD_ERRORS * error && growth > WORTH_SAYING * mean,
  };
}
