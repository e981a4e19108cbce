import { loadSync, type PackageDefinition } from "@grpc/proto-loader";
import { fileURLToPath } from "node:url";
import { Schema } from "../../../src/cli/call/schema.ts";

/** `zoo.proto` as proto-loader gives it, with its fields named as they are there. */
export function zooPackage(): PackageDefinition {
  return loadSync(fileURLToPath(new URL("zoo.proto", import.meta.url)), {
    keepCase: true,
    longs: String,
    enums: String,
  });
}

/** The serialized descriptors of `zoo.proto` and of what it imports. */
export function zooFiles(): Uint8Array[] {
  const { fileDescriptorProtos } = zooPackage()["zoo.v1.Animal"] as unknown as {
    fileDescriptorProtos: Uint8Array[];
  };
  return fileDescriptorProtos;
}

export function zooSchema(): Schema {
  return new Schema(zooFiles());
}
