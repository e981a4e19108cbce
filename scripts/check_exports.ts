/**
 * Checks that another module uses every export of `src`, `scripts` and `tests`: by its name, imported from its own
 * module or from one that re-exports it. Prints each unused export and exits 1, or exits 0.
 *
 * @module
 */
import { unusedExports } from "./layers/exports.ts";
import { root, sourceFiles } from "./layers/graph.ts";

const files = ["src", "scripts", "tests"].flatMap((folder) => [...sourceFiles(folder)]);
const sources = new Map(
  [...files, "main.ts"].map((file) => [file, Deno.readTextFileSync(`${root}${file}`)]),
);
const unused = unusedExports(sources)
  // The generator exports codecs and types of all messages, used or not.
  .filter(({ file }) => !file.startsWith("src/api/generated/"));
for (const { file, name } of unused) console.error(`${file} exports ${name}, which nothing uses`);
console.log(`${sources.size} modules: ${unused.length || "no"} unused exports`);
if (unused.length > 0) Deno.exitCode = 1;
