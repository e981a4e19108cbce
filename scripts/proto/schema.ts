/** The declarations of `.proto` files, as protobufjs parses them. @module */
import { relative } from "node:path/posix";
import protobuf from "protobufjs";

/** The declarations of one `.proto` file. */
export interface ProtoFile {
  /** Its path below `proto/`, such as `signer/v1/keys.proto`. */
  readonly name: string;
  readonly enums: readonly protobuf.Enum[];
  readonly messages: readonly protobuf.Type[];
  readonly services: readonly protobuf.Service[];
  /**
   * The file whose module has the messages and enums: this file itself, or an earlier one that declares the same in
   * another package, as reflection v1 and v1alpha do.
   */
  readonly declaredIn: string;
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
  const declaredIn = new Map<string, string>();
  return [...files].sort(([a], [b]) => a < b ? -1 : 1).map(([name, file]) => {
    const declarations = declarationsOf([...file.messages, ...file.enums]);
    if (!declaredIn.has(declarations)) declaredIn.set(declarations, name);
    return { name, ...file, declaredIn: declaredIn.get(declarations)! };
  });
}

/** Returns declarations as text that is equal for equal declarations, without the package. */
function declarationsOf(types: readonly (protobuf.Type | protobuf.Enum)[]): string {
  return JSON.stringify(types.map((type) => [type.name, type.toJSON({ keepComments: true })]));
}

/** Returns the full name of a declaration, without a leading dot. */
export function fullName(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

/** Returns `keyInfo` for `KeyInfo`. */
export function lowerFirst(name: string): string {
  return name[0].toLowerCase() + name.slice(1);
}
