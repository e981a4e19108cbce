import type { PackageDefinition } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import descriptors, {
  type IDescriptorProto,
  type IFileDescriptorProto,
} from "protobufjs/ext/descriptor/index.js";
import type { Service } from "../grpc/mod.ts";
import { adopt, loadHealthPackage, loadSignerPackage } from "../grpc/official/mod.ts";

/** The standard reflection services by the gRPC authors' own package, which brings grpc-js along. */
export function loadReflection(): Service[] {
  const described: PackageDefinition = {
    // With the field names of the .proto files, which are what callers write.
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
 * A file descriptor whose map entries have the names that protobuf wants: `StatusesEntry` for a map field
 * `statuses`. protobufjs 7.6.6 calls it `Statuses`, and clients refuse the file that it is in.
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
