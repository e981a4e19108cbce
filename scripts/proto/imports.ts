import { dirname, join, relative } from "node:path/posix";
import protobuf from "protobufjs";
import { fullName, lowerFirst } from "./schema.ts";

/** Where the folder of all that is generated is in the project. */
const generated = "/src/api/generated";

/** The imports of one generated module, gathered as its code is written. */
export class Imports {
  readonly #folder: string;
  readonly #module: string;
  readonly #named = new Map<string, Set<string>>();

  /** @param module the path of the module from the folder of all that is generated */
  constructor(module: string) {
    this.#module = module;
    this.#folder = dirname(module);
  }

  /** Names from a module, whose path is from the folder of all that is generated. */
  add(module: string, ...names: string[]): void {
    if (module === this.#module) return;
    const path = relative(join(generated, this.#folder), join(generated, module));
    const from = path.startsWith(".") ? path : `./${path}`;
    const known = this.#named.get(from) ?? new Set();
    for (const name of names) known.add(name);
    this.#named.set(from, known);
  }

  /** A name of `src/protobuf`. */
  wire(name: string): string {
    this.add("../../protobuf/mod.ts", name);
    return name.replace("type ", "");
  }

  /** The types of a message: what may be given, and what is got. */
  message(type: protobuf.Type): { given: string; got: string } {
    const names = { given: type.name, got: `${type.name}__Output` };
    this.add(typesModule(type), `type ${names.given}`, `type ${names.got}`);
    return names;
  }

  /** Something that the code of another `.proto` file exports. */
  code(of: protobuf.ReflectionObject, name: string): string {
    this.add(codeModule(of), name);
    return name;
  }

  /** The names of an enum, under which its values go. */
  enumNames(type: protobuf.Enum): string {
    return this.code(type, `${lowerFirst(localName(type))}Names`);
  }

  /** The type of an enum's values as they are got. */
  enumValue(type: protobuf.Enum): string {
    if (!(type.parent instanceof protobuf.Type)) {
      this.add(typesModule(type), `type ${type.name}__Output`);
      return `${type.name}__Output`;
    }
    const nested = `_${fullName(type).replaceAll(".", "_")}__Output`;
    this.add(typesModule(type.parent), `type ${nested}`);
    return nested;
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

/** A type's name with those that it is nested in: `HealthCheckResponseServingStatus`. */
export function localName(type: protobuf.ReflectionObject): string {
  return type.parent instanceof protobuf.Type ? localName(type.parent) + type.name : type.name;
}

/** Where the TypeScript types of a message or an enum are. */
function typesModule(type: protobuf.ReflectionObject): string {
  return `${fullName(type).replaceAll(".", "/")}.ts`;
}

/** Where the code of the `.proto` file is that declares something. */
function codeModule(object: protobuf.ReflectionObject): string {
  const file = object.filename!;
  return codeModuleOf(file.slice(file.lastIndexOf("/proto/") + "/proto/".length));
}

/** The module of a `.proto` file's code: `signer/v1/keys_codec.ts` for `signer/v1/keys.proto`. */
export function codeModuleOf(protoFile: string): string {
  return protoFile.replace(/\.proto$/, "_codec.ts");
}
