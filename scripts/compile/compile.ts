/** The executable by `deno compile`. @module */
import { join, resolve } from "node:path";
import { collectProgram, filesBelow } from "./content.ts";
import { copyLibraries } from "./libraries.ts";
import { permissionOptions, run, v8Flags } from "./program.ts";

/**
 * Compiles the program to one file. It is bundled first, as for the portable executable: threads take less memory, and
 * of npm packages only the modules in use are carried.
 *
 * @returns a summary of the file
 * @throws {Error} when `denort` is not available
 */
export async function compile(output: string): Promise<string> {
  const content = await Deno.makeTempDir({ prefix: "signer-compile-" });
  try {
    await collectProgram(join(content, "program"));
    await copyLibraries(join(content, "lib"));
    await run(Deno.execPath(), await compileArguments(content, resolve(output)));
  } catch (cause) {
    throw new Error(
      "deno compile failed. It downloads denort, unless DENORT_BIN names one: without network, make the portable " +
        "executable instead (--portable)",
      { cause },
    );
  } finally {
    await Deno.remove(content, { recursive: true });
  }
  const { size } = await Deno.stat(output);
  return `${output}: ${(size / 2 ** 20).toFixed(1)} MiB, by deno compile`;
}

/** The arguments of `deno` for a folder with `program` and `lib`. */
async function compileArguments(content: string, output: string): Promise<string[]> {
  const program = join(content, "program");
  // Each is named: those of threads, and those with computed names, are imported by no other.
  const modules = (await filesBelow(program)).filter((path) => path.endsWith(".js"));
  return [
    ...["compile", "--quiet", "--no-config", "--no-lock", `--v8-flags=${v8Flags}`],
    ...permissionOptions(),
    ...[...modules, content].flatMap((path) => ["--include", path]),
    ...["--output", output, join(program, "main.js")],
  ];
}
