/**
 * Numbers from 0 up to 1 that depend on the seed alone: Marsaglia's xorshift of 32 bits ("Xorshift
 * RNGs", 2003). For drawing samples, never for secrets.
 */
export function randomNumbers(seed: number): () => number {
  // Neighbouring seeds are spread, and 0, which xorshift never leaves, is avoided.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Bytes that depend on the seed alone. */
export function randomBytes(length: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}
