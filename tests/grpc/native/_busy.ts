/** Blocks the thread for some milliseconds, as a signature does. */
export function busyFor(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}
