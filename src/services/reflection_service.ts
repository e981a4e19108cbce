/** The standard reflection services by the gRPC authors' package. @module */
import type { PackageDefinition } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import descriptors, {
  type IDescriptorProto,
  type IFileDescriptorProto,
} from "protobufjs/ext/descriptor/index.js";
import type { Service } from "../grpc/mod.ts";
import { adopt, loadHealthPackage, loadSignerPackage } from "../grpc/official/mod.ts";

/** Creates the reflection services of `@grpc/reflection`, which imports grpc-js. */
export function loadReflection(): Service[] {
  const described: PackageDefinition = {
    // The field names of the .proto files, which callers write.
    ...loadSignerPackage({ keepCase: true }),
    ...loadHealthPackage({ keepCase: true }),
  };
  for (const definition of Object.values(described)) {
    const { fileDescriptorProtos: files } = definition;
    if (Array.isArray(files)) definition.fileDescriptorProtos = files.map(nameMapEntries);
  }
  return adopt(new ReflectionService(described));
}

/**
 * Renames the map entries of a file descriptor to the names that protobuf requires: `StatusesEntry` for a map
 * field `statuses`. protobufjs 7.6.6 uses `Statuses`, and clients refuse the file.
 */
function nameMapEntries(encoded: Uint8Array): Buffer {
  const { FileDescriptorProto } = descriptors;
  const file = FileDescriptorProto.decode(encoded) as unknown as IFileDescriptorProto;
  for (const message of file.messageType ?? []) nameEntriesOf(message);
  return FileDescriptorProto.encode(file).finish() as Buffer;
}

function nameEntriesOf(message: IDescriptorProto): void {
  for (const nested of message.nestedType ?? []) {
    nameEntriesOf(nested);
    const { name } = nested;
    if (!nested.options?.mapEntry || name?.endsWith("Entry")) continue;
    nested.name = `${name}Entry`;
    for (const field of message.field ?? []) {
      if (field.typeName === name) field.typeName = nested.name;
    }
  }
}
