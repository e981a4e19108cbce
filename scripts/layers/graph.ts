/** The module graph of `src`, from `deno info`. @module */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Each file with its imports: files by their paths from the project's root, and packages as `npm:NAME`. */
export type Graph = ReadonlyMap<string, readonly string[]>;

export const root = fileURLToPath(new URL("../..", import.meta.url));

interface Dependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

/** Reads the graph of all files below folders, such as `src`. */
export async function readGraph(...folders: string[]): Promise<Graph> {
  const files = folders.flatMap((folder) => [...sourceFiles(folder)]);
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const imports = files.map((file) => `import ${JSON.stringify(`file://${root}${file}`)};\n`);
    await Deno.writeTextFile(entry, imports.join(""));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", `${root}deno.json`, entry],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
      modules: { specifier: string; dependencies?: Dependency[] }[];
    };
    const graph = new Map<string, string[]>();
    for (const { specifier, dependencies = [] } of modules) {
      const file = nameOf(specifier);
      if (!folders.some((folder) => file?.startsWith(`${folder}/`))) continue;
      graph.set(
        file!,
        dependencies.flatMap(({ code, type }) =>
          nameOf(code?.specifier ?? type?.specifier ?? "") ?? []
        ),
      );
    }
    for (const file of files) {
      if (!graph.has(file)) throw new Error(`The module graph lacks ${file}`);
    }
    return graph;
  } finally {
    await Deno.remove(entry);
  }
}

/** Returns the path of a module of the project, `npm:NAME` for a package, and undefined for others. */
function nameOf(specifier: string): string | undefined {
  if (specifier.startsWith(`file://${root}`)) {
    return specifier.endsWith(".ts") ? relative(root, fileURLToPath(specifier)) : undefined;
  }
  const npm = /^npm:\/?(@[^/@]+\/[^/@]+|[^/@]+)/.exec(specifier);
  return npm ? `npm:${npm[1]}` : undefined;
}

/** Yields the TypeScript files below a folder. */
export function* sourceFiles(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${root}${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sourceFiles(path);
    else if (path.endsWith(".ts")) yield path;
  }
}
