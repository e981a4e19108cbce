/** Sets of `.proto` files at run time, with their declarations by full name. @module */
import {
  create,
  createFileRegistry,
  type DescEnum,
  type DescExtension,
  type DescMessage,
  type DescMethod,
  type DescService,
  type FileRegistry,
  fromBinary,
} from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import {
  type DescriptorProto,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { ReflectionError } from "./errors.ts";
import { wellKnownFile } from "./well_known_files.ts";

/** A symbol with a full name that can be described. */
export type Declared = DescMessage | DescEnum | DescExtension | DescService | DescMethod;

/** The declarations of a set of `.proto` files, and the codecs of its messages. */
export class Schema {
  readonly registry: FileRegistry;

  /**
   * Links files. Those of `google/protobuf/` may be missing: the library has them.
   *
   * @throws {ReflectionError} `BAD_DESCRIPTORS`
   */
  constructor(files: Iterable<FileDescriptorProto>) {
    const set = create(FileDescriptorSetSchema, { file: inOrder(files) });
    for (const { messageType } of set.file) nameJsonFields(messageType);
    try {
      this.registry = createFileRegistry(set);
    } catch (cause) {
      throw new ReflectionError("BAD_DESCRIPTORS", `Cannot link descriptors: ${text(cause)}`, {
        cause,
      });
    }
  }

  /** Finds a message, an enum, an extension, a service or a method, such as `a.v1.Service.Method`. */
  find(symbol: string): Declared | undefined {
    const found = this.registry.get(symbol);
    if (found) return found;
    const dot = symbol.lastIndexOf(".");
    const service = this.registry.getService(symbol.slice(0, Math.max(0, dot)));
    return service?.methods.find(({ name }) => name === symbol.slice(dot + 1));
  }

  /** Lists the services of the files, sorted by name. */
  services(): DescService[] {
    return [...this.registry].filter((each) => each.kind === "service")
      .toSorted((a, b) => a.typeName < b.typeName ? -1 : 1);
  }
}

/** Returns the full name of a symbol, such as `a.v1.Service.Method`. */
export function symbolName(declared: Declared): string {
  return declared.kind === "rpc"
    ? `${declared.parent.typeName}.${declared.name}`
    : declared.typeName;
}

/**
 * Reads a serialized `google.protobuf.FileDescriptorProto`.
 *
 * @throws {ReflectionError} `BAD_DESCRIPTORS`
 */
export function readFileDescriptor(bytes: Uint8Array): FileDescriptorProto {
  return read(() => fromBinary(FileDescriptorProtoSchema, bytes));
}

/**
 * Reads a serialized `google.protobuf.FileDescriptorSet`, as `protoc --descriptor_set_out` writes it.
 *
 * @throws {ReflectionError} `BAD_DESCRIPTORS`
 */
export function readDescriptorSet(bytes: Uint8Array): FileDescriptorProto[] {
  return read(() => fromBinary(FileDescriptorSetSchema, bytes).file);
}

function read<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new ReflectionError("BAD_DESCRIPTORS", `Cannot read a descriptor: ${text(cause)}`, {
      cause,
    });
  }
}

/** Sets missing JSON names: descriptors of Python programs have none. */
function nameJsonFields(messages: readonly DescriptorProto[]): void {
  for (const { field, nestedType } of messages) {
    for (const each of field) {
      if (each.jsonName === "") each.jsonName = protoCamelCase(each.name);
    }
    nameJsonFields(nestedType);
  }
}

/** Sorts files so that each follows its imports. */
function inOrder(files: Iterable<FileDescriptorProto>): FileDescriptorProto[] {
  const byName = new Map([...files].map((file) => [file.name, file]));
  const ordered = new Map<string, FileDescriptorProto>();
  // An explicit stack: a server may send a chain of imports as long as the limit on files.
  const pending = [...byName.values()].map((file) => ({ file, entered: false }));
  const open = new Set<string>();
  for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
    const { file, entered } = top;
    if (entered) {
      open.delete(file.name);
      ordered.set(file.name, file);
      continue;
    }
    if (ordered.has(file.name)) continue;
    open.add(file.name);
    pending.push({ file, entered: true });
    for (const name of file.dependency) {
      if (ordered.has(name)) continue;
      if (open.has(name)) {
        throw new ReflectionError("BAD_DESCRIPTORS", `The file ${name} imports itself`);
      }
      const imported = byName.get(name) ?? wellKnownFile(name);
      if (!imported) {
        throw new ReflectionError(
          "BAD_DESCRIPTORS",
          `The file ${name}, which ${file.name} imports, is missing`,
        );
      }
      pending.push({ file: imported, entered: false });
    }
  }
  return [...ordered.values()];
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
