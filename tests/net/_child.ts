import assert from "node:assert/strict";

/**
 * Runs a script of this folder in a process of its own, for what belongs to a whole process:
 * descriptors, their limit, the umask, its end. Test files run as threads of one process.
 *
 * @returns what it printed
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

/** Descriptors that Deno opens for itself, at a time of its own choosing: two have been seen. */
const DENO_OWN = 4;

/** Fails when a scenario of `_descriptors.ts`, each of which has 20 rounds or more, leaves some open. */
export async function assertNoneLeft(...scenario: string[]): Promise<void> {
  const grown = Number(await runChild("./_descriptors.ts", ...scenario));
  assert.ok(grown <= DENO_OWN, `${grown} descriptors were left open`);
}
