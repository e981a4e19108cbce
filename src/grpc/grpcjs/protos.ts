import { loadSync, type Options, type PackageDefinition } from "@grpc/proto-loader";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../proto", import.meta.url));

/** The options by which proto-loader's objects have the form of the generated types. */
const generatedForm = {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
} as const satisfies Options;

/** Loads all files of `proto/` by proto-loader. */
export function loadProtos(options: Options = generatedForm): PackageDefinition {
  return loadSync([...protoFiles(folder)], { ...options, includeDirs: [folder] });
}

function* protoFiles(below: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(below)) {
    const path = `${below}/${name}`;
    if (isDirectory) yield* protoFiles(path);
    else if (name.endsWith(".proto")) yield relative(folder, path);
  }
}
