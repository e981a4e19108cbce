/** Waiting for the output of a child process. @module */

/** 60 s for a program to get ready on a busy machine. */
const PATIENCE_MS = 60_000;

/**
 * Reads the output of a child process until it matches a pattern, and returns the match and all that was read. Kills a process
 * whose output does not match in time.
 *
 * @throws {Error} when the output ends without a match; the process has then ended too
 */
export async function matchOutput(
  child: Deno.ChildProcess,
  output: ReadableStreamDefaultReader<string>,
  pattern: RegExp,
): Promise<{ match: RegExpExecArray; text: string }> {
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  let text = "";
  try {
    for (;;) {
      const { value, done } = await output.read();
      if (done) break;
      text += value;
      const match = pattern.exec(text);
      if (match !== null) return { match, text };
    }
    await child.status;
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`The output ended without ${pattern}: ${text}`);
}
