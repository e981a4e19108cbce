/**
 * Generates from `proto/`:
 *
 * - `src/api/generated`: for each `.proto` file a module with the types and codecs of its messages and the definitions of
 *   its services, an index, and the descriptors of all files
 * - `docs/protocol-reference.md`: all services, messages and fields
 *
 * With `--check`, compares instead, and exits 1 when the tree differs from the generated files.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { indexCode, moduleCode } from "./proto/code.ts";
import { descriptorsCode } from "./proto/descriptors_code.ts";
import { generatedFolder, moduleOf } from "./proto/imports.ts";
import { referenceText } from "./proto/reference.ts";
import { readProtoFiles } from "./proto/schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const referencePage = "docs/protocol-reference.md";

/** Writes the generated files below a folder, at their paths in the project. */
async function generate(folder: string): Promise<void> {
  const files = readProtoFiles(`${root}proto`);
  const write = (path: string, text: string) => replace(join(folder, path), text);
  const writeCode = (path: string, code: string) => write(join(generatedFolder, path), code);
  for (const file of files) writeCode(moduleOf(file.name), moduleCode(file, files));
  writeCode("mod.ts", indexCode(files));
  writeCode("descriptors/mod.ts", descriptorsCode(`${root}proto`));
  write(referencePage, referenceText(files));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: root,
    args: [
      ...["fmt", "--quiet", "--no-config", `--line-width=${config.fmt.lineWidth}`],
      ...[join(folder, generatedFolder), join(folder, referencePage)],
    ],
  }).output();
  if (!success) throw new Error(`deno fmt failed: ${new TextDecoder().decode(stderr)}`);
}

/** Returns the files below a folder: their contents by their paths from it. */
function contents(folder: string, below = folder): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, isDirectory } of Deno.readDirSync(below)) {
    const path = `${below}/${name}`;
    if (isDirectory) { for (const [file, text] of contents(folder, path)) files.set(file, text); }
    else files.set(relative(folder, path), Deno.readTextFileSync(path));
  }
  return files;
}

/** Returns the generated files of a folder: their contents by their paths in the project. */
function generatedFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  Deno.mkdirSync(join(folder, generatedFolder), { recursive: true });
  for (const [file, text] of contents(join(folder, generatedFolder))) {
    files.set(join(generatedFolder, file), text);
  }
  if (existsSync(join(folder, referencePage))) {
    files.set(referencePage, Deno.readTextFileSync(join(folder, referencePage)));
  }
  return files;
}

// In a folder of its own: a generation that fails leaves the project as it is.
const fresh = await Deno.makeTempDir();
try {
  await generate(fresh);
  const [wanted, found] = [generatedFiles(fresh), generatedFiles(root)];
  const stale = [...new Set([...wanted.keys(), ...found.keys()])]
    .filter((file) => wanted.get(file) !== found.get(file));
  if (Deno.args.includes("--check")) {
    for (const file of stale) console.error(`Stale: ${file}`);
    if (stale.length > 0) {
      console.error("Run `deno task proto` and commit what it makes");
      Deno.exitCode = 1;
    }
  } else {
    for (const file of stale) replace(join(root, file), wanted.get(file));
  }
} finally {
  await Deno.remove(fresh, { recursive: true });
}

/** Writes a file, with its folders; removes it where there is no text. */
function replace(path: string, text: string | undefined): void {
  if (text === undefined) return Deno.removeSync(path);
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
}
