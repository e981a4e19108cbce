import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { compileProtoFiles } from "../../../src/grpc/reflection/source/mod.ts";
import { Schema } from "../../../src/grpc/reflection/schema.ts";
import { oddFolder } from "./_odd.ts";

const compiled = () => compileProtoFiles(["zoo.proto"], [oddFolder]);

/** The serialized descriptors of `zoo.proto` and of the files that it imports. */
export function zooFiles(): Uint8Array[] {
  return compiled().map((file) => toBinary(FileDescriptorProtoSchema, file));
}

export function zooSchema(): Schema {
  return new Schema(compiled());
}
