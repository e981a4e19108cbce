/**
 * The paired permutation test. Two servers are measured in pairs, in an order that is drawn at random within each pair.
 * If the servers are equal, exchanging the two results of a pair changes the sign of their difference, and every
 * combination of signs is as likely as the one at hand, however the machine's speed drifts between the pairs.
 *
 * @module
 */
import { randomNumbers } from "../load/mod.ts";

/** The largest number of combinations that are examined: all of them for up to 13 pairs. */
const MAX_COMBINATIONS = 4096;

/** The result of the test for one figure. */
export interface PairedResult {
  /** Probability of a difference this large in any figure if the servers are equal. */
  readonly p: number;
  /** The estimated difference. */
  readonly difference: number;
  /** The confidence interval of the difference, for all figures together. */
  readonly low: number;
  readonly high: number;
}

/** Returns the lowest p-value of a test with a number of pairs: a combination and its opposite differ alike. */
export function smallestPairedP(pairs: number): number {
  return 2 / 2 ** pairs;
}

/**
 * Tests the differences of several figures together, by Wilcoxon's signed ranks and the largest statistic of all
 * figures (Westfall and Young 1993, "maxT"). Ranks limit the weight of a pair in which the machine did something else.
 * The estimate and its interval are those that belong to the ranks (Hodges and Lehmann 1963).
 *
 * @param differences for each figure the difference in each pair; NaN counts as none
 * @param significance 1 minus the confidence of the intervals
 * @param seed seed of the sample of combinations, if there are too many to examine all
 */
export function signFlipTest(
  differences: readonly (readonly number[])[],
  significance: number,
  seed: number,
): PairedResult[] {
  const figures = differences.map(signedRanks);
  const pairs = differences[0]?.length ?? 0;
  const largest = combinations(
    pairs,
    seed,
    (signs) =>
      Math.max(...figures.map(({ ranks, scale }) => Math.abs(signedSum(ranks, signs)) / scale)),
  );
  largest.sort((a, b) => a - b);
  const critical = largest[Math.ceil((1 - significance) * largest.length) - 1];
  return figures.map(({ values, ranks, scale }) => {
    const found = Math.abs(ranks.reduce((sum, rank) => sum + rank, 0)) / scale;
    // Rounding must not count the signs at hand as less extreme than themselves.
    const p = largest.filter((value) => value >= found * (1 - 1e-9)).length / largest.length;
    return { p, ...estimate(values, critical * scale) };
  });
}

interface SignedRanks {
  /** The differences that are known. */
  readonly values: readonly number[];
  /** The rank of each absolute difference, with the sign of the difference; 0 for no difference. */
  readonly ranks: Float64Array;
  /** The standard deviation of the sum of the ranks if the servers are equal. */
  readonly scale: number;
}

function signedRanks(differences: readonly number[]): SignedRanks {
  const ranks = new Float64Array(differences.length);
  const order = [...differences.keys()].filter((i) =>
    Number.isFinite(differences[i]) && differences[i] !== 0
  )
    .sort((a, b) => Math.abs(differences[a]) - Math.abs(differences[b]));
  for (let i = 0, next; i < order.length; i = next) {
    const size = Math.abs(differences[order[i]]);
    next = i + 1;
    while (next < order.length && Math.abs(differences[order[next]]) === size) next++;
    // Equal differences share the mean of their ranks.
    for (let k = i; k < next; k++) {
      ranks[order[k]] = Math.sign(differences[order[k]]) * (i + 1 + next) / 2;
    }
  }
  const squares = ranks.reduce((sum, rank) => sum + rank * rank, 0);
  return { values: differences.filter(Number.isFinite), ranks, scale: Math.sqrt(squares) || 1 };
}

function signedSum(ranks: Float64Array, signs: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < ranks.length; i++) sum += ranks[i] * signs[i];
  return sum;
}

/** Returns the statistic of all combinations of signs, or of a random sample that has the one at hand. */
function combinations(
  pairs: number,
  seed: number,
  statistic: (signs: Int8Array) => number,
): number[] {
  // The opposite of a combination has the same statistic, so the last sign stays.
  const all = 2 ** (pairs - 1);
  const signs = new Int8Array(pairs).fill(1);
  if (all <= MAX_COMBINATIONS) {
    return Array.from({ length: all }, (_, code) => {
      for (let i = 0; i < pairs - 1; i++) signs[i] = code >> i & 1 ? -1 : 1;
      return statistic(signs);
    });
  }
  const random = randomNumbers(seed);
  return Array.from({ length: MAX_COMBINATIONS }, (_, drawn) => {
    for (let i = 0; drawn > 0 && i < pairs; i++) signs[i] = random() < 0.5 ? -1 : 1;
    return statistic(signs);
  });
}

/**
 * Returns the median of the means of all two differences, and the range of those means that a difference may have for
 * the sum of its signed ranks to stay within `critical`.
 */
function estimate(values: readonly number[], critical: number) {
  const means = new Float64Array(values.length * (values.length + 1) / 2);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    for (let j = i; j < values.length; j++) means[count++] = (values[i] + values[j]) / 2;
  }
  means.sort();
  const outside = Math.max(0, Math.ceil((count - critical) / 2) - 1);
  const middle = (means[(count - 1) >> 1] + means[count >> 1]) / 2;
  return { difference: middle, low: means[outside], high: means[count - 1 - outside] };
}
