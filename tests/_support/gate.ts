/** Declaration of tests that need permissions. @module */

/** The permissions that a test can ask for. */
export type Permission = "env" | "ffi" | "net" | "read" | "run" | "sys" | "write";

/** `Deno.test` as these tests use it: a name and a body, or a whole definition. */
export interface Test {
  (name: string, fn: Deno.TestDefinition["fn"]): void;
  (definition: Deno.TestDefinition): void;
}

/**
 * Returns a `test` function for tests that need permissions, and the result of `load` when all are granted.
 *
 * Without them, as in a plain `deno test`, every test is reported as ignored, with the missing flags in its name,
 * and nothing is loaded: some npm packages read the environment at import, which would fail the whole file.
 */
export async function gate<T extends object>(
  permissions: readonly Permission[],
  load: () => Promise<T>,
): Promise<[test: Test, loaded: T]> {
  const missing = permissions.filter((name) =>
    Deno.permissions.querySync({ name }).state !== "granted"
  );
  const ignore = missing.length > 0;
  const reason = ` (needs ${missing.map((name) => `--allow-${name}`).join(" ")})`;
  const test: Test = (what: string | Deno.TestDefinition, fn?: Deno.TestDefinition["fn"]) => {
    const definition = typeof what === "string" ? { name: what, fn: fn! } : what;
    Deno.test(ignore ? { ...definition, name: definition.name + reason, ignore } : definition);
  };
  return [test, ignore ? {} as T : await load()];
}

/** Returns a `test` function that ignores tests, with the reason in their names. */
export function ignored(test: Test, reason: string): Test {
  return ((name: string, fn: Deno.TestDefinition["fn"]) =>
    test({ name: `${name} (${reason})`, ignore: true, fn })) as Test;
}

/** Returns `test` itself for root. For other users returns a function that ignores tests. */
export function onlyAsRoot(test: Test): Test {
  const isRoot = Deno.permissions.querySync({ name: "sys", kind: "uid" }).state === "granted" &&
    Deno.uid() === 0;
  return isRoot ? test : ignored(test, "needs root");
}
