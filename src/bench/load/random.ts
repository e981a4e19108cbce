/**
 * Returns a generator of reproducible numbers in [0, 1): Marsaglia's 32-bit xorshift ("Xorshift RNGs", 2003). Not for
 * secrets.
 */
export function randomNumbers(seed: number): () => number {
  // Spreads neighbouring seeds, and avoids 0, a fixed point of xorshift.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Returns reproducible bytes. */
export function randomBytes(length: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}
