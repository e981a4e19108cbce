import { relative } from "node:path";
import protobuf from "protobufjs";

/** What one `.proto` file declares. */
export interface ProtoFile {
  /** Its path below `proto/`, such as `signer/v1/keys.proto`. */
  readonly name: string;
  readonly enums: readonly protobuf.Enum[];
  readonly messages: readonly protobuf.Type[];
  readonly services: readonly protobuf.Service[];
}

/** Reads `.proto` files, given by their paths below a folder, and those that they import. */
export function readProtoFiles(folder: string, names: readonly string[]): ProtoFile[] {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => `${folder}/${target}`;
  root.loadSync([...names]).resolveAll();
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
  return [...files].map(([name, file]) => ({ name, ...file }));
}

/** The full name of a type, without a leading dot. */
export function fullName(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

/** `keyInfo` for `KeyInfo`. */
export function lowerFirst(name: string): string {
  return name[0].toLowerCase() + name.slice(1);
}
