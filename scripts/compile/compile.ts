/** The executable by `deno compile`. @module */
import { join } from "node:path";
import { writeBuildFile } from "../sbom/build.ts";
import { copyLibraries } from "./libraries.ts";
import { permissionOptions, root, run, threads, v8Flags } from "./program.ts";

/**
 * Compiles the program to one file.
 *
 * @returns a summary of the file
 * @throws {Error} when `denort` is not available
 */
export async function compile(output: string): Promise<string> {
  // The program reads this file from the folder of its sources.
  const build = join(root, "build.json");
  const libraries = join(root, "lib");
  try {
    await writeBuildFile(build);
    await copyLibraries(libraries);
    await run(Deno.execPath(), [
      ...["compile", "--quiet", `--v8-flags=${v8Flags}`, ...permissionOptions()],
      ...threads.flatMap((module) => ["--include", module]),
      ...[
        "--include",
        "proto",
        "--include",
        "build.json",
        "--include",
        "lib",
        "--output",
        output,
        "main.ts",
      ],
    ]);
  } catch (cause) {
    throw new Error(
      "deno compile failed. It downloads denort, unless DENORT_BIN names one: without network, make the portable " +
        "executable instead (--portable)",
      { cause },
    );
  } finally {
    await Deno.remove(build).catch(() => {});
    await Deno.remove(libraries, { recursive: true }).catch(() => {});
  }
  const { size } = await Deno.stat(output);
  return `${output}: ${(size / 2 ** 20).toFixed(1)} MiB, by deno compile`;
}
