/** Figures of repeated measurements. @module */

/** Returns the median: the value in the middle, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Returns the median and the range, such as `12 (11 to 14)`. */
export function spread(values: readonly number[], format: (value: number) => string): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)]
    .map(format);
  return `${middle} (${least} to ${most})`;
}
