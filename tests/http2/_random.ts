/** A function that returns random integers from 0 to below `limit`. */
export type Random = (limit: number) => number;

/** Makes a generator that repeats its numbers for the same seed, so that a failure can be repeated. */
export function generator(seed: number): Random {
  let state = (seed * 0x9e3779b9) >>> 0 || 1;
  return (limit) => {
    // xorshift32.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}
