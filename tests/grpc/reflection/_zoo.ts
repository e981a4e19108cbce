import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { compileProtoFiles } from "../../../src/grpc/reflection/source/mod.ts";
import { Schema } from "../../../src/grpc/reflection/schema.ts";
import { oddFolder } from "./_odd.ts";

const compiled = () => compileProtoFiles(["zoo.proto"], [oddFolder]);

/** Returns the serialized descriptors of `zoo.proto` and of its imports. */
export function zooFiles(): Uint8Array[] {
  return compiled().map((file) => toBinary(FileDescriptorProtoSchema, file));
}

export function zooSchema(): Schema {
  return new Schema(compiled());
}
