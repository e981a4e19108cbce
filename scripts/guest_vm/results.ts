/** The counts of a `deno test` run. */
export interface Results {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

/** The last line of a run: `ok | 3 passed (2 steps) | 0 failed | 1 ignored (120ms)`. */
const SUMMARY =
  /^(?:ok|FAILED) \| (\d+) passed\b.*? \| (\d+) failed\b(?:.*? \| (\d+) ignored\b)?/gm;

/** Parses the counts at the end of a run's output; undefined when there are none. */
export function parseResults(output: string): Results | undefined {
  const last = [...output.matchAll(SUMMARY)].at(-1);
  if (last === undefined) return undefined;
  const [passed, failed, ignored] = last.slice(1).map((count) => Number(count ?? 0));
  return { passed: passed!, failed: failed!, ignored: ignored! };
}
