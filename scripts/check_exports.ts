/**
 * Checks that every export of `src`, `scripts` and `tests` is used by another module: by its name, imported from its
 * own module or from one that re-exports it. Prints each that is not and exits 1, or exits 0.
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
  // The codecs of messages that only contain others, and the types of all messages, are generated alike.
  .filter(({ file }) => !file.startsWith("src/api/generated/"));
for (const { file, name } of unused) console.error(`${file} exports ${name}, which nothing uses`);
console.log(`${sources.size} modules: ${unused.length || "no"} unused exports`);
if (unused.length > 0) Deno.exitCode = 1;
