/** Kernel modules of a guest, in the order in which they load. @module */
import { basename } from "node:path";

/** `name.ko`, or `name.ko.xz` of newer Debian kernels. */
const MODULE_FILE = /\.ko(\.xz)?$/;

/**
 * Returns the files of the kernel modules `names` and of their dependencies in load order. A name without a file
 * must be built into the kernel, according to `modules.builtin`.
 *
 * Dependencies are read from the `.modinfo` section of each module, because `modules.dep` is created when the
 * package is installed, and here it is only extracted.
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

/** Reads a module, decompressed for the kernel. */
export async function readModule(file: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!file.endsWith(".xz")) return await Deno.readFile(file);
  const xz = new Deno.Command("xz", { args: ["-dc", "--", file], stderr: "inherit" });
  const { success, stdout } = await xz.output();
  if (!success) throw new Error(`Cannot decompress ${file}`);
  return stdout;
}

/** Returns the kernel's name of a module, with underscores for the dashes of the file's name. */
export function moduleName(file: string): string {
  return basename(file).replace(MODULE_FILE, "").replaceAll("-", "_");
}

/** Reads the `depends=` entry of `.modinfo`, which has NUL-terminated `key=value` strings, without parsing the ELF. */
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
