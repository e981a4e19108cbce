/**
 * Checks that the layout is the architecture, by the module graph that Deno itself builds:
 *
 * - imports point down the list of rooms below, never up;
 * - a room is entered by its `mod.ts`, whose files import each other freely;
 * - no files import each other in a circle;
 * - only `src/ffi` opens libraries or touches raw pointers.
 *
 * Prints each breach and exits 1, or exits 0.
 *
 * @module
 */
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The rooms, from the roof to the ground. A room may import those that stand after it. */
const rooms = [
  "src/cli",
  "src/bench",
  "src/services",
  "src/grpc/stacks",
  "src/grpc/native/workers",
  "src/grpc/native/server",
  "src/grpc/native/client",
  "src/grpc/native",
  "src/grpc/grpcjs",
  "src/grpc/reflection",
  "src/grpc/official",
  "src/grpc/scheduling",
  "src/api",
  "src/grpc",
  "src/http2",
  "src/crypto",
  "src/net",
  "src/telemetry",
  "src/protobuf",
  "src/ffi",
];

const root = fileURLToPath(new URL("..", import.meta.url));

/** The files below `src` and what of them each imports, by paths from the project's root. */
async function readGraph(): Promise<Map<string, string[]>> {
  const files = [...sourceFiles("src")];
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      files.map((file) => `import ${JSON.stringify(`file://${root}${file}`)};\n`).join(""),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--config", `${root}deno.json`, entry],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
      modules: { specifier: string; dependencies?: { code?: Target; type?: Target }[] }[];
    };
    const graph = new Map<string, string[]>();
    for (const { specifier, dependencies = [] } of modules) {
      const file = pathOf(specifier);
      if (!file) continue;
      const targets = dependencies.flatMap(({ code, type }) =>
        pathOf(code?.specifier ?? type?.specifier) ?? []
      );
      graph.set(file, targets);
    }
    for (const file of files) {
      if (!graph.has(file)) throw new Error(`The module graph lacks ${file}`);
    }
    return graph;
  } finally {
    await Deno.remove(entry);
  }
}

interface Target {
  specifier?: string;
}

/** The path from the root of a module under `src`, or undefined for any other module. */
function pathOf(specifier: string | undefined): string | undefined {
  if (!specifier?.startsWith(`file://${root}src/`)) return undefined;
  return relative(root, fileURLToPath(specifier));
}

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(`${root}${folder}`)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

/** The innermost room that a file is in. */
function roomOf(file: string): string {
  const room = rooms.filter((name) => file.startsWith(`${name}/`)).sort().at(-1);
  if (!room) {
    throw new Error(
      `${file} is in no room: add its folder to ${relative(root, import.meta.filename!)}`,
    );
  }
  return room;
}

function* breachesOfLayers(graph: Map<string, string[]>): Generator<string> {
  for (const [file, targets] of graph) {
    const room = roomOf(file);
    for (const target of targets) {
      const other = roomOf(target);
      if (other === room) continue;
      if (rooms.indexOf(other) < rooms.indexOf(room)) yield `${file} imports upward: ${target}`;
      if (target !== `${other}/mod.ts`) yield `${file} reaches past ${other}/mod.ts: ${target}`;
    }
  }
}

function* circles(graph: Map<string, string[]>): Generator<string> {
  const done = new Set<string>();
  const path: string[] = [];
  function* visit(file: string): Generator<string> {
    if (done.has(file)) return;
    const at = path.indexOf(file);
    if (at >= 0) {
      yield `A circle of imports: ${[...path.slice(at), file].join(" → ")}`;
      return;
    }
    path.push(file);
    for (const target of graph.get(file) ?? []) yield* visit(target);
    path.pop();
    done.add(file);
  }
  for (const file of graph.keys()) yield* visit(file);
}

function* breachesOfFfi(graph: Map<string, string[]>): Generator<string> {
  for (const file of graph.keys()) {
    if (dirname(`${file}/`).startsWith("src/ffi")) continue;
    const raw = /Deno\s*\.\s*(dlopen|Unsafe\w+)/.exec(Deno.readTextFileSync(`${root}${file}`));
    if (raw) yield `${file} uses Deno.${raw[1]}, which belongs under src/ffi`;
  }
}

const graph = await readGraph();
const breaches = [...breachesOfLayers(graph), ...circles(graph), ...breachesOfFfi(graph)];
for (const breach of breaches) console.error(breach);
console.log(`${graph.size} files in ${rooms.length} rooms: ${breaches.length || "no"} breaches`);
if (breaches.length > 0) Deno.exitCode = 1;
