import { basename } from "node:path";

/** `name.ko` and what newer Debian kernels have: `name.ko.xz`. */
const MODULE_FILE = /\.ko(\.xz)?$/;

/**
 * The files of the kernel modules `names` and of all that they depend on, each after its dependencies,
 * which is the order to load them in. A name without a file is taken to be built into the kernel when
 * `builtin` (the text of `modules.builtin`) has it.
 *
 * Dependencies are read from the `.modinfo` section of each module, because `modules.dep` is made by the
 * package's installation, which does not happen here.
 */
export async function modulesInOrder(folder: string, names: readonly string[]): Promise<string[]> {
  const files = new Map<string, string>();
  for await (const file of modulesUnder(folder)) files.set(moduleName(file), file);
  const builtin = new Set(
    (await Deno.readTextFile(`${folder}/modules.builtin`)).trim().split("\n").map(moduleName),
  );
  const ordered = new Set<string>();
  const visit = async (name: string) => {
    const file = files.get(name);
    if (file === undefined) {
      if (builtin.has(name)) return;
      throw new Error(`The kernel in ${folder} has no module "${name}"`);
    }
    if (ordered.has(file)) return;
    for (const dependency of dependencies(await readModule(file))) await visit(dependency);
    ordered.add(file);
  };
  for (const name of names) await visit(name);
  return [...ordered];
}

/** A module's bytes as the kernel loads them. */
export async function readModule(file: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!file.endsWith(".xz")) return await Deno.readFile(file);
  const xz = new Deno.Command("xz", { args: ["-dc", "--", file], stderr: "inherit" });
  const { success, stdout } = await xz.output();
  if (!success) throw new Error(`Cannot decompress ${file}`);
  return stdout;
}

/** The kernel's name of a module: dashes in the file's name count as underscores. */
export function moduleName(file: string): string {
  return basename(file).replace(MODULE_FILE, "").replaceAll("-", "_");
}

/** The `depends=` entry of `.modinfo`: NUL-terminated `key=value` strings, found without reading the ELF. */
function dependencies(module: Uint8Array): string[] {
  const found = /\0depends=([^\0]*)\0/.exec(new TextDecoder("latin1").decode(module));
  if (found === null) throw new Error("A kernel module has no `depends=` entry");
  return found[1]!.split(",").filter((name) => name !== "").map(moduleName);
}

async function* modulesUnder(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* modulesUnder(path);
    else if (MODULE_FILE.test(entry.name)) yield path;
  }
}
