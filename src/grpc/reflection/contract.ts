import { fileURLToPath } from "node:url";
import { compileProtoFiles } from "./proto_source.ts";
import { Schema } from "./schema.ts";

const folder = fileURLToPath(new URL("../../../proto", import.meta.url));

let contract: Schema | undefined;

/** The schema of signer's own `.proto` files, which needs no server to be known. */
export function contractSchema(): Schema {
  return contract ??= new Schema(compileProtoFiles([...protoFiles("")], [folder]));
}

/** The names of the files below a folder of `proto/`, such as `signer/v1/echo.proto`. */
function* protoFiles(below: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${below}`)) {
    if (isDirectory) yield* protoFiles(`${below}${name}/`);
    else if (name.endsWith(".proto")) yield `${below}${name}`;
  }
}
