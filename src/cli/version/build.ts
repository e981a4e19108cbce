/** The build that an executable is of. @module */

/** The content of `build.json`, which an executable has beside its program. */
export interface Build {
  readonly commit: string;
  /** Each part with its version, and its licence as an SPDX expression. */
  readonly licences: readonly (readonly [id: string, licence: string])[];
}

/**
 * Reads the build; undefined when the program runs from its sources, where a `build.json` is left of a compilation that
 * was interrupted.
 */
export function readBuild(): Build | undefined {
  if (!Deno.build.standalone && import.meta.url.endsWith("/src/cli/version/build.ts")) {
    return undefined;
  }
  try {
    return JSON.parse(Deno.readTextFileSync(new URL("../../../build.json", import.meta.url)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
