/** A quantity at a time in milliseconds. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** How a quantity goes over time. */
export interface Growth {
  /** By how much it changes in an hour, from the line of least squares. */
  readonly perHour: number;
  /** Whether it grows, more than it varies: what leaks does. */
  readonly grows: boolean;
}

/** The part of a run that is left out: caches fill and code is compiled. */
const SETTLING = 1 / 3;

/** Points below which nothing can be said, and the time: memory is collected only now and then. */
const MIN_POINTS = 10;
const MIN_SPAN_MS = 60_000;

/** The slope is beyond doubt when it is so many times its standard error. */
const STANDARD_ERRORS = 4;

/** Less growth than this, of the mean and during the run, is not worth a word. */
const WORTH_SAYING = 0.05;

/** How a quantity went after it had settled; undefined for too few points, or too short a time. */
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
