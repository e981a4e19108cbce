/**
 * Generates `src/api/generated` from `proto/`: for each `.proto` file a module with the types and codecs of its
 * messages and the definitions of its services, an index, and the descriptors of all files. With `--check`, compares
 * instead, and exits 1 when the tree differs from the generated code.
 *
 * @module
 */
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { indexCode, moduleCode } from "./proto/code.ts";
import { descriptorsCode } from "./proto/descriptors_code.ts";
import { generatedFolder, moduleOf } from "./proto/imports.ts";
import { readProtoFiles } from "./proto/schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

async function generate(folder: string): Promise<void> {
  const files = readProtoFiles(`${root}proto`);
  const write = (path: string, code: string) => {
    Deno.mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, code);
  };
  for (const file of files) write(moduleOf(file.name), moduleCode(file));
  write("mod.ts", indexCode(files));
  write("descriptors/mod.ts", descriptorsCode(`${root}proto`));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: root,
    args: ["fmt", "--quiet", "--no-config", `--line-width=${config.fmt.lineWidth}`, folder],
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

if (Deno.args.includes("--check")) {
  const fresh = await Deno.makeTempDir();
  try {
    await generate(fresh);
    const [wanted, found] = [contents(fresh), contents(root + generatedFolder)];
    const stale = [...new Set([...wanted.keys(), ...found.keys()])]
      .filter((file) => wanted.get(file) !== found.get(file));
    for (const file of stale) console.error(`Stale: ${generatedFolder}/${file}`);
    if (stale.length > 0) {
      console.error("Run `deno task proto` and commit what it makes");
      Deno.exitCode = 1;
    }
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
} else {
  await Deno.remove(root + generatedFolder, { recursive: true }).catch(() => {});
  await generate(root + generatedFolder);
}
