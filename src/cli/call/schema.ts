import { loadFileDescriptorSetFromBuffer, type PackageDefinition } from "@grpc/proto-loader";
import type { AnyMethod } from "../../grpc/mod.ts";
import { loadSignerPackage } from "../../grpc/official/mod.ts";
import {
  type Declared,
  type EnumType,
  type Field,
  type MessageType,
  type MethodType,
  readFileDescriptor,
  type ServiceType,
} from "./descriptors.ts";

/**
 * How messages look in JavaScript here: fields named as in the `.proto` file, only those that are set,
 * enums by name, 64-bit integers as decimal text, and maps as lists of `{ key, value }`.
 */
const messageForm = { keepCase: true, longs: String, enums: String } as const;

/** What some `.proto` files declare, by full name, and how to write and read it. */
export class Schema {
  readonly #declared = new Map<string, Declared>();
  readonly #definitions: PackageDefinition;

  /** @param files serialized FileDescriptorProtos, with all that they depend on */
  constructor(files: readonly Uint8Array[]) {
    for (const file of files) {
      for (const each of readFileDescriptor(file).declared) this.#add(each);
    }
    this.#definitions = loadFileDescriptorSetFromBuffer(descriptorSet(files), messageForm);
  }

  /** What a symbol names: a message, an enum, a service or a method. */
  find(symbol: string): Declared | undefined {
    return this.#declared.get(symbol);
  }

  service(name: string): ServiceType | undefined {
    const found = this.find(name);
    return found?.kind === "service" ? found : undefined;
  }

  /** A method in the form that a channel calls. */
  callable({ name }: MethodType): AnyMethod {
    const dot = name.lastIndexOf(".");
    const service = this.#definitions[name.slice(0, dot)] as unknown as Record<string, AnyMethod>;
    return service[name.slice(dot + 1)]!;
  }

  /** @throws {Error} when the files do not declare it */
  message(name: string): MessageType {
    const found = this.#declared.get(name);
    if (found?.kind !== "message") throw new Error(`Message ${name} is declared nowhere`);
    return found;
  }

  /** The message or enum that is a field's type; undefined for a scalar. */
  typeOf(field: Field): MessageType | EnumType | undefined {
    if (field.typeName === undefined) return undefined;
    const found = this.#resolve(field.typeName);
    if (found?.kind === "message" || found?.kind === "enum") return found;
    throw new Error(`Type ${field.typeName} of field ${field.name} is declared nowhere`);
  }

  #add(declared: Declared): void {
    this.#declared.set(declared.name, declared);
    if (declared.kind === "service") {
      for (const method of declared.methods) this.#declared.set(method.name, method);
    }
  }

  /** A full name, or `scope:name`, which is looked for from the scope outwards. */
  #resolve(name: string): Declared | undefined {
    const colon = name.indexOf(":");
    if (colon < 0) return this.#declared.get(name);
    const relative = name.slice(colon + 1);
    for (let scope = name.slice(0, colon); scope !== "";) {
      const found = this.#declared.get(`${scope}.${relative}`);
      if (found) return found;
      scope = scope.slice(0, Math.max(0, scope.lastIndexOf(".")));
    }
    return this.#declared.get(relative);
  }
}

let contract: Schema | undefined;

/** The schema of signer's own contract, which needs no server to be known. */
export function contractSchema(): Schema {
  if (!contract) {
    const files = new Map<string, Uint8Array>();
    for (const definition of Object.values(loadSignerPackage({ keepCase: true }))) {
      if (!("fileDescriptorProtos" in definition)) continue;
      for (const file of definition.fileDescriptorProtos as Uint8Array[]) {
        files.set(readFileDescriptor(file).name, file);
      }
    }
    contract = new Schema([...files.values()]);
  }
  return contract;
}

/** A serialized FileDescriptorSet: each file is a length-delimited field 1. */
function descriptorSet(files: readonly Uint8Array[]): Buffer {
  return Buffer.concat(files.flatMap((file) => [varint(0x0a), varint(file.length), file]));
}

/** A base-128 varint (protobuf's encoding guide). */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push(value & 0x7f | 0x80);
  return Uint8Array.of(...bytes, value);
}
