/** The declarations of `.proto` files, as protobufjs parses them. */
import { relative } from "node:path/posix";
import protobuf from "protobufjs";

/** The declarations of one `.proto` file. */
export interface ProtoFile {
  /** Its path below `proto/`, such as `signer/v1/keys.proto`. */
  readonly name: string;
  readonly enums: readonly protobuf.Enum[];
  readonly messages: readonly protobuf.Type[];
  readonly services: readonly protobuf.Service[];
}

/** Returns the paths of all `.proto` files below a folder, relative to it and sorted. */
export function protoFileNames(folder: string, below = folder): string[] {
  return [...Deno.readDirSync(below)].flatMap(({ name, isDirectory }) => {
    const path = `${below}/${name}`;
    if (isDirectory) return protoFileNames(folder, path);
    return name.endsWith(".proto") ? [relative(folder, path)] : [];
  }).sort();
}

/** Reads all `.proto` files below a folder. */
export function readProtoFiles(folder: string): ProtoFile[] {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => `${folder}/${target}`;
  root.loadSync(protoFileNames(folder), { alternateCommentMode: true }).resolveAll();
  const files = new Map<string, {
    enums: protobuf.Enum[];
    messages: protobuf.Type[];
    services: protobuf.Service[];
  }>();
  const visit = (object: protobuf.ReflectionObject) => {
    if (object.filename) {
      const name = relative(folder, object.filename);
      let file = files.get(name);
      if (!file) files.set(name, file = { enums: [], messages: [], services: [] });
      if (object instanceof protobuf.Enum) file.enums.push(object);
      else if (object instanceof protobuf.Type) file.messages.push(object);
      else if (object instanceof protobuf.Service) file.services.push(object);
    }
    if (object instanceof protobuf.Namespace) object.nestedArray.forEach(visit);
  };
  visit(root);
  return [...files].map(([name, file]) => ({ name, ...file }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Returns the full name of a declaration, without a leading dot. */
export function fullName(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

/** Returns `keyInfo` for `KeyInfo`. */
export function lowerFirst(name: string): string {
  return name[0].toLowerCase() + name.slice(1);
}
