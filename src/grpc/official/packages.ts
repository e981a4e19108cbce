import { loadSync, type Options, type PackageDefinition } from "@grpc/proto-loader";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../proto", import.meta.url));

/** Loads all of `proto/` by proto-loader. */
export function loadProtos(options: Options): PackageDefinition {
  return loadSync([...protoFiles(folder)], { ...options, includeDirs: [folder] });
}

function* protoFiles(below: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(below)) {
    const path = `${below}/${name}`;
    if (isDirectory) yield* protoFiles(path);
    else if (name.endsWith(".proto")) yield relative(folder, path);
  }
}
