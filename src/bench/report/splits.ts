/**
 * The unpaired permutation test. If two servers are equal, any split of all runs into two sides is as likely as the
 * observed one.
 *
 * @module
 */
import { randomNumbers } from "../load/mod.ts";

/** The largest number of splits that are examined: all of them for up to 7 runs a side. */
const MAX_SPLITS = 4000;

/**
 * Tests several figures together by the largest studentized difference (Westfall and Young 1993, "maxT"). Returns for
 * each figure the probability of a difference this large in any figure if nothing has changed.
 *
 * @param figures for each figure its value in each run, the runs of the first side first
 * @param taken the number of runs on the first side
 * @param seed seed of the sample of splits, if there are too many to examine all
 */
export function splitTest(
  figures: readonly (readonly number[])[],
  taken: number,
  seed: number,
): number[] {
  const splits = splitsOf(taken, figures[0]?.length ?? taken, seed);
  const largest = splits.map((split) =>
    Math.max(...figures.map((values) => difference(values, split)))
  );
  return figures.map((values) => {
    const found = difference(values, splits[0]);
    // Rounding must not count the observed split as smaller than itself.
    return largest.filter((value) => value >= found * (1 - 1e-9)).length / splits.length;
  });
}

/** Returns the absolute value of Welch's t between the runs of a split and the others. */
function difference(values: readonly number[], split: readonly boolean[]): number {
  const [a, b] = [true, false].map((side) => momentsOf(values.filter((_, i) => split[i] === side)));
  // Equal runs have no variance; a thousandth of a percent is assumed.
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count + 1e-10);
  return Math.abs(a.mean - b.mean) / error;
}

function momentsOf(values: readonly number[]) {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, variance: count > 1 ? squares / (count - 1) : 0 };
}

/** Returns the lowest p-value of a test with these numbers of runs. */
export function smallestSplitP(a: number, b: number): number {
  // With sides of one size, a split and its opposite have the same difference.
  return (a === b ? 2 : 1) / choose(a + b, Math.min(a, b));
}

function choose(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k; i++) count = count * (n - k + i) / i;
  return count;
}

/** Returns splits of `all` runs with `taken` on one side, the observed split first: all splits, or a random sample. */
function splitsOf(taken: number, all: number, seed: number): boolean[][] {
  const actual = Array.from({ length: all }, (_, i) => i < taken);
  if (choose(all, taken) > MAX_SPLITS) {
    const random = randomNumbers(seed);
    return [actual, ...Array.from({ length: MAX_SPLITS - 1 }, () => shuffled(actual, random))];
  }
  return everySplit(taken, all);
}

function everySplit(taken: number, all: number): boolean[][] {
  if (all === 0) return [[]];
  const taking = taken === 0 ? [] : everySplit(taken - 1, all - 1).map((rest) => [true, ...rest]);
  const leaving = taken === all ? [] : everySplit(taken, all - 1).map((rest) => [false, ...rest]);
  return [...taking, ...leaving];
}

function shuffled(values: readonly boolean[], random: () => number): boolean[] {
  const drawn = [...values];
  for (let i = drawn.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [drawn[i], drawn[j]] = [drawn[j], drawn[i]];
  }
  return drawn;
}
