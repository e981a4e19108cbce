/** The files of the portable executable. @module */
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { copyLibraries } from "./libraries.ts";
import { writeBuildFile } from "../sbom/build.ts";
import { run, threads } from "./program.ts";

/** Files that modules name by a URL relative to themselves, with their places in the program's folder. */
const named: ReadonlyMap<string, string> = new Map([
  ...threads.map((module) => [`./${basename(module)}`, module.replace(/\.ts$/, ".js")] as const),
  ["../../../proto", "proto"],
  ["../../../build.json", "build.json"],
]);

/**
 * The `require()` of packages in CommonJS, as the bundler writes it, and another one: the bundle has all packages, so that
 * they ask for modules of Node.js only, and node:module takes 4 ms of the start of each thread.
 */
const bundledRequire = [
  /import ?\{ ?createRequire as (\w+) ?\} from "node:module";\s*var (\w+) ?= ?\1\(import\.meta\.url\);/,
  "var $2=(name)=>process.getBuiltinModule(name);",
] as const;

/**
 * The import of a module that is loaded later, as the bundler writes it, and the same import with a computed name. Deno
 * reads and keeps all modules that it finds by name, in each thread: with their texts and lists of imports 5 MB of a
 * server with two workers, which loads few of them.
 */
const laterImport = [/\bimport\(("\.\.?\/[^"]+\.js")\)/g, "import((0,$1))"] as const;

/** The URL of a carried library (src/ffi/libcrypto/carried.ts), whose folder is beside that of the bundle. */
const carriedLibraries = /new URL\(`\.\.\/\.\.\/\.\.\/lib\/(\$\{\w+\}`, ?import\.meta\.url\))/;

/** Packages whose module reads a file of WebAssembly beside it, of the same name. */
const webAssembly = ["@echogarden/speex-resampler-wasm/simd", "@echogarden/fvad-wasm"] as const;

/** Puts Deno, the program and the libraries into a folder. */
export async function collectContent(content: string): Promise<void> {
  await Deno.mkdir(content, { recursive: true });
  await Deno.copyFile(Deno.execPath(), join(content, "deno"));
  await Deno.chmod(join(content, "deno"), 0o755);
  await copyLibraries(join(content, "lib"));
  await collectProgram(join(content, "program"));
}

/**
 * Puts the program into a folder: `main.js`, the entries of its threads, the modules that they share or load later, and
 * the files that they read.
 */
export async function collectProgram(program: string): Promise<void> {
  await Deno.mkdir(program, { recursive: true });
  await run(Deno.execPath(), [
    // V8 keeps the text of all modules in each thread: without comments and with short names it takes a half.
    ...["bundle", "--quiet", "--platform", "deno", "--minify", "--code-splitting"],
    ...["--outdir", program],
    ...["main.ts", ...threads],
  ]);
  const found = new Set<string>();
  for (const path of await filesBelow(program)) {
    const text = await Deno.readTextFile(path);
    const relocated = relocate(text, relative(dirname(path), program) || ".", found);
    if (bundledRequire[0].test(text)) found.add("require");
    if (text.search(laterImport[0]) >= 0) found.add("import");
    await Deno.writeTextFile(path, relocated.replace(...bundledRequire).replace(...laterImport));
  }
  for (const from of [...named.keys(), "require", "import", "lib"]) {
    if (!found.has(from)) throw new Error(`No module of the bundle has ${from}`);
  }
  for (const name of webAssembly) {
    const path = fileURLToPath(import.meta.resolve(name)).replace(/\.js$/, ".wasm");
    await Deno.copyFile(path, join(program, basename(path)));
  }
  await writeBuildFile(join(program, "build.json"));
  await run("cp", ["-r", "proto", program]);
}

/** Returns the paths of all files of a folder and those below, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) paths.push(...await filesBelow(path));
    else paths.push(path);
  }
  return paths.sort();
}

/**
 * Replaces the URLs of named files in a module of the bundle, and adds their names to `found`.
 *
 * @param up the path from the module's folder to the program's
 */
function relocate(text: string, up: string, found: Set<string>): string {
  return text.replace(/new URL\("([^"]+)", ?import\.meta\.url\)/g, (whole, from: string) => {
    const to = named.get(from);
    if (to === undefined) return whole;
    found.add(from);
    return `new URL("${up}/${to}", import.meta.url)`;
  }).replace(carriedLibraries, (_, rest: string) => {
    found.add("lib");
    return `new URL(\`${up}/../lib/${rest}`;
  });
}
