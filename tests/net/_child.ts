import assert from "node:assert/strict";

/**
 * Runs a script of this folder in a child process, for tests of properties of a whole process: descriptors, their
 * limit, the umask, the exit. Test files run as threads of one process.
 *
 * @returns its output
 */
export async function runChild(script: string, ...args: string[]): Promise<string> {
  const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", new URL(script, import.meta.url).href, ...args],
  }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  assert.equal(signal, null);
  assert.equal(code, 0);
  return new TextDecoder().decode(stdout);
}

/** Descriptors that Deno may open for itself at any time: two have been seen. */
const DENO_OWN = 4;

/** Fails when a scenario of `_descriptors.ts`, which repeats 20 times or more, leaves descriptors open. */
export async function assertNoneLeft(...scenario: string[]): Promise<void> {
  const grown = Number(await runChild("./_descriptors.ts", ...scenario));
  assert.ok(grown <= DENO_OWN, `${grown} descriptors were left open`);
}
