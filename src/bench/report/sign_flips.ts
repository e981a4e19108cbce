/**
 * The paired permutation test. Two servers are measured in pairs, in an order that is drawn at random within each pair.
 * If the servers are equal, exchanging the two results of a pair changes the sign of their difference, and every
 * combination of signs is as likely as the observed one, however the machine's speed drifts between the pairs.
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

/** Returns the lowest p-value of a test with a number of pairs: a combination and its opposite have the same difference. */
export function smallestPairedP(pairs: number): number {
  return 2 / 2 ** pairs;
}

/** The differences of two servers in pairs of slices. */
export interface PairedDifferences {
  /** For each figure its difference in each pair; NaN if it is unknown. */
  readonly figures: readonly (readonly number[])[];
  /** The weight of each pair. It must not depend on which slice of the pair is of which server. */
  readonly weights: readonly number[];
}

/**
 * Tests the differences of several figures together, by Wilcoxon's signed ranks and the largest statistic of all
 * figures (Westfall and Young 1993, "maxT"). Ranks limit the influence of a pair during which the machine was disturbed.
 * The estimate and its interval are those of the ranks (Hodges and Lehmann 1963). Weights generalize the three: a rank is
 * the weight of its pair times the sum of the weights up to it, and the mean of two differences has the product of their
 * weights.
 *
 * @param significance 1 minus the confidence of the intervals
 * @param seed seed of the sample of combinations, if there are too many to examine all
 */
export function signFlipTest(
  { figures, weights }: PairedDifferences,
  significance: number,
  seed: number,
): PairedResult[] {
  const ranked = figures.map((differences) => signedRanks(differences, weights));
  const largest = combinations(
    weights.length,
    seed,
    (signs) =>
      Math.max(...ranked.map(({ ranks, scale }) => Math.abs(signedSum(ranks, signs)) / scale)),
  );
  largest.sort((a, b) => a - b);
  const critical = largest[Math.ceil((1 - significance) * largest.length) - 1];
  return ranked.map(({ ranks, scale }, figure) => {
    const found = Math.abs(ranks.reduce((sum, rank) => sum + rank, 0)) / scale;
    // Rounding must not count the observed signs as less extreme than themselves.
    const p = largest.filter((value) => value >= found * (1 - 1e-9)).length / largest.length;
    return { p, ...estimate(figures[figure], weights, critical * scale) };
  });
}

interface SignedRanks {
  /** The weighted rank of each absolute difference, with the sign of the difference; 0 for no difference. */
  readonly ranks: Float64Array;
  /** The standard deviation of the sum of the ranks if the servers are equal. */
  readonly scale: number;
}

function signedRanks(differences: readonly number[], weights: readonly number[]): SignedRanks {
  const ranks = new Float64Array(differences.length);
  const order = [...differences.keys()]
    .filter((i) => Number.isFinite(differences[i]) && differences[i] !== 0)
    .sort((a, b) => Math.abs(differences[a]) - Math.abs(differences[b]));
  let before = 0;
  for (let i = 0, next; i < order.length; i = next) {
    const size = Math.abs(differences[order[i]]);
    let equal = weights[order[i]];
    for (next = i + 1; next < order.length; next++) {
      if (Math.abs(differences[order[next]]) !== size) break;
      equal += weights[order[next]];
    }
    // Of two equal differences, each precedes the other by half.
    for (const k of order.slice(i, next)) {
      const rank = weights[k] * (before + (equal + weights[k]) / 2);
      ranks[k] = Math.sign(differences[k]) * rank;
    }
    before += equal;
  }
  const squares = ranks.reduce((sum, rank) => sum + rank * rank, 0);
  return { ranks, scale: Math.sqrt(squares) || 1 };
}

function signedSum(ranks: Float64Array, signs: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < ranks.length; i++) sum += ranks[i] * signs[i];
  return sum;
}

/** Returns the statistic of all combinations of signs, or of a random sample that has the observed one. */
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
 * Returns the weighted median of the means of all two differences, and the range of those means that a difference may
 * have for the sum of its signed ranks to stay within `critical`.
 */
function estimate(differences: readonly number[], weights: readonly number[], critical: number) {
  const known = [...differences.keys()].filter((i) => Number.isFinite(differences[i]));
  const means = known.flatMap((i, at) =>
    known.slice(at).map((j) => ({
      value: (differences[i] + differences[j]) / 2,
      weight: weights[i] * weights[j],
    }))
  ).sort((a, b) => a.value - b.value);
  const all = means.reduce((sum, { weight }) => sum + weight, 0);
  // Rounding must not exclude a mean at which the sum of ranks is critical.
  const outside = (all - critical) / 2 - all * 1e-12;
  const [low, lower] = [outside, all / 2].map((weight) => valueAt(means, weight));
  const [high, upper] = [outside, all / 2].map((weight) => valueAt(means.toReversed(), weight));
  return { difference: (lower + upper) / 2, low, high };
}

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** Returns the first value up to which the sum of weights is at least `weight`. */
function valueAt(values: readonly Weighted[], weight: number): number {
  let sum = 0;
  return values.find((each) => (sum += each.weight) >= weight)?.value ?? NaN;
}
