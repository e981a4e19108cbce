/** Waiting for a condition that nothing announces. @module */

/** 30 s: far longer than most conditions take on a busy machine. It keeps a fault from hanging the test. */
const PATIENCE_MS = 30_000;

/** Milliseconds between two checks. */
const PAUSE_MS = 5;

/**
 * Checks a condition every few milliseconds until it holds.
 *
 * @param what the condition in words, for the error, such as `the stream is closed`
 * @param patienceMs the longest wait in milliseconds
 * @throws {Error} when it does not hold in that time
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!await holds()) {
    if (performance.now() > end) throw new Error(`Not within ${patienceMs / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
