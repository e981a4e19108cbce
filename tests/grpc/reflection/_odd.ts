import { Schema } from "../../../src/grpc/reflection/schema.ts";
import { compileProtoFiles } from "../../../src/grpc/reflection/source/mod.ts";
import { fileURLToPath } from "node:url";

/** The folder of the `.proto` files with odd fields, and of their output by protoc and Python. */
export const oddFolder = fileURLToPath(new URL("testdata", import.meta.url));

export const oddFiles = ["odd3.proto", "odd2.proto", "edition.proto"];

/** Returns the schema of the files with odd fields. */
export function oddSchema(): Schema {
  return new Schema(compileProtoFiles(oddFiles, [oddFolder]));
}
