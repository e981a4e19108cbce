/** Prometheus's own check of metrics. @module */
import assert from "node:assert/strict";

/**
 * Asserts that `promtool check metrics` finds no fault in the text of a scrape.
 *
 * @param promtool the path of the program
 */
export async function assertSoundMetrics(promtool: string, text: string): Promise<void> {
  const child = new Deno.Command(promtool, {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await new Blob([text]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assert.equal(decoder.decode(stdout) + decoder.decode(stderr), "");
  assert.equal(code, 0);
}
