/** The files of the portable executable. @module */
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findLibraries } from "./libraries.ts";
import { writeBuildFile } from "../sbom/build.ts";
import { run, threads } from "./program.ts";

/** Replacements in the bundles, whose modules are no longer where their URLs say. */
const moved: readonly (readonly [from: string, to: string])[] = [
  [`new URL("./worker.ts", import.meta.url)`, `new URL("./serve_worker.js", import.meta.url)`],
  [`new URL("./load_worker.ts", import.meta.url)`, `new URL("./load_worker.js", import.meta.url)`],
  [
    `new URL("./execution_worker.ts", import.meta.url)`,
    `new URL("./execution_worker.js", import.meta.url)`,
  ],
  [`new URL("../../../proto", import.meta.url)`, `new URL("./proto", import.meta.url)`],
  [`new URL("../../../build.json", import.meta.url)`, `new URL("./build.json", import.meta.url)`],
];

/** Packages whose module reads a file of WebAssembly beside it, of the same name. */
const webAssembly = ["@echogarden/speex-resampler-wasm/simd", "@echogarden/fvad-wasm"] as const;

/** Puts Deno, the program and the libraries into a folder. */
export async function collectContent(content: string): Promise<void> {
  await Deno.mkdir(join(content, "lib"), { recursive: true });
  await Deno.copyFile(Deno.execPath(), join(content, "deno"));
  await Deno.chmod(join(content, "deno"), 0o755);
  for (const library of await findLibraries()) {
    await Deno.copyFile(library, join(content, "lib", library.split("/").at(-1)!));
  }
  await collectProgram(join(content, "program"));
}

/** Puts the program into a folder: it and its threads, each one file of JavaScript, and the files that they read. */
export async function collectProgram(program: string): Promise<void> {
  await Deno.mkdir(program, { recursive: true });
  const found = new Set<string>();
  for (const [name, module] of Object.entries({ main: "main.ts", ...threads })) {
    const path = join(program, `${name}.js`);
    await run(Deno.execPath(), [
      ...["bundle", "--quiet", "--platform", "deno", "--output", path, module],
    ]);
    await Deno.writeTextFile(path, relocate(await Deno.readTextFile(path), found));
  }
  for (const [from] of moved) {
    if (!found.has(from)) throw new Error(`No bundle has ${from}`);
  }
  for (const name of webAssembly) {
    const path = fileURLToPath(import.meta.resolve(name)).replace(/\.js$/, ".wasm");
    await Deno.copyFile(path, join(program, basename(path)));
  }
  await writeBuildFile(join(program, "build.json"));
  await run("cp", ["-r", "proto", program]);
}

/** Applies the replacements to a bundle, and adds those that it has to `found`. */
function relocate(text: string, found: Set<string>): string {
  for (const [from, to] of moved) {
    if (!text.includes(from)) continue;
    found.add(from);
    text = text.replaceAll(from, to);
  }
  return text;
}
