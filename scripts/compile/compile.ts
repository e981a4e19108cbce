/** The executable by `deno compile`. @module */
import { join } from "node:path";
import { writeBuildFile } from "../sbom/build.ts";
import { permissionOptions, root, run, threads, v8Flags } from "./program.ts";

/**
 * Compiles the program to one file.
 *
 * @returns a summary of the file
 * @throws {Error} when `denort` is not to be had
 */
export async function compile(output: string): Promise<string> {
  // Where the program looks for it, below its sources.
  const build = join(root, "build.json");
  try {
    await writeBuildFile(build);
    await run(Deno.execPath(), [
      ...["compile", "--quiet", `--v8-flags=${v8Flags}`, ...permissionOptions()],
      ...Object.values(threads).flatMap((module) => ["--include", module]),
      ...["--include", "proto", "--include", "build.json", "--output", output, "main.ts"],
    ]);
  } catch (cause) {
    throw new Error(
      "deno compile failed. It downloads denort, unless DENORT_BIN names one: without network, make the portable " +
        "executable instead (--portable)",
      { cause },
    );
  } finally {
    await Deno.remove(build).catch(() => {});
  }
  const { size } = await Deno.stat(output);
  return `${output}: ${(size / 2 ** 20).toFixed(1)} MiB, by deno compile`;
}
