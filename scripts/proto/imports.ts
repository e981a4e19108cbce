/** The imports of generated modules. @module */
import { dirname, relative } from "node:path/posix";
import protobuf from "protobufjs";
import { lowerFirst, type ProtoFile } from "./schema.ts";

/** Path of the folder of generated modules in the project. */
export const generatedFolder = "src/api/generated";

/** The imports of one generated module, collected while its code is written. */
export class Imports {
  readonly #module: string;
  readonly #files: readonly ProtoFile[];
  readonly #named = new Map<string, Set<string>>();

  /**
   * @param protoFile the `.proto` file of the module, such as `signer/v1/keys.proto`
   * @param files all files
   */
  constructor(protoFile: string, files: readonly ProtoFile[]) {
    this.#module = `${generatedFolder}/${moduleOf(protoFile)}`;
    this.#files = files;
  }

  /** Imports a name from a module, given by its path in the project. */
  add(module: string, name: string): string {
    if (module !== this.#module) {
      const path = relative(dirname(this.#module), module);
      const from = path.startsWith(".") ? path : `./${path}`;
      this.#named.set(from, (this.#named.get(from) ?? new Set()).add(name));
    }
    return name.replace("type ", "");
  }

  /** Imports a name of `src/protobuf`. */
  wire(name: string): string {
    return this.add("src/protobuf/mod.ts", name);
  }

  /** The type of a message that the reader returns, or of an enum. */
  type(of: protobuf.Type | protobuf.Enum): string {
    return this.#generated(of, `type ${localName(of)}`);
  }

  /** The type that the writer takes for a message. */
  init(type: protobuf.Type): string {
    return this.#generated(type, `type ${localName(type)}Init`);
  }

  /** The constant with the codec of a message. */
  codec(type: protobuf.Type): string {
    return this.#generated(type, `${lowerFirst(localName(type))}Codec`);
  }

  /** The constant with the names of an enum. */
  enumNames(type: protobuf.Enum): string {
    return this.#generated(type, `${lowerFirst(localName(type))}Names`);
  }

  #generated(of: protobuf.ReflectionObject, name: string): string {
    const file = of.filename!;
    const protoFile = file.slice(file.lastIndexOf("/proto/") + "/proto/".length);
    const { declaredIn } = this.#files.find((each) => each.name === protoFile)!;
    return this.add(`${generatedFolder}/${moduleOf(declaredIn)}`, name);
  }

  toString(): string {
    return [...this.#named].map(([from, names]) => {
      const sorted = [...names].sort();
      const onlyTypes = sorted.every((name) => name.startsWith("type "));
      return onlyTypes
        ? `import type { ${sorted.map((name) => name.slice(5)).join(", ")} } from "${from}";\n`
        : `import { ${sorted.join(", ")} } from "${from}";\n`;
    }).sort().join("");
  }
}

/** Returns a type's name after the names of its enclosing types: `HealthCheckResponseServingStatus`. */
export function localName(type: protobuf.ReflectionObject): string {
  return type.parent instanceof protobuf.Type ? localName(type.parent) + type.name : type.name;
}

/** Returns the module of a `.proto` file: `signer/v1/keys_pb.ts` for `signer/v1/keys.proto`. */
export function moduleOf(protoFile: string): string {
  return protoFile.replace(/\.proto$/, "_pb.ts");
}
