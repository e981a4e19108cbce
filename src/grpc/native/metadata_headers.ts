/**
 * Metadata as HTTP/2 header fields, in both directions (grpc's PROTOCOL-HTTP2.md, Custom-Metadata).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { HeaderField } from "../../http2/mod.ts";
import { MAX_METADATA_VALUES, Metadata, type MetadataValue } from "../mod.ts";
import { headerNames } from "./header_names.ts";

/** Fields of gRPC and HTTP/2 themselves, which are never metadata. */
const reserved: ReadonlySet<string> = new Set([
  ...Object.values(headerNames).filter((name) => name !== headerNames.userAgent),
  "accept-encoding",
  "content-length",
  "host",
]);

const NO_VALUES: readonly never[] = [];

/**
 * Views header fields as metadata. Values that HTTP/2 allows and gRPC does not are left out, and do not fail the
 * call.
 */
export function metadataOf(fields: readonly HeaderField[]): Metadata {
  return new ReceivedMetadata(fields);
}

/** Converts metadata to header fields: name, value, name, value, …. Reserved names are left out. */
export function metadataFields(metadata: Metadata): string[] {
  const fields: string[] = [];
  for (const [name, value] of metadata) {
    if (!reserved.has(name)) fields.push(name, fieldValue(value));
  }
  return fields;
}

/** Read-only metadata that decodes the values of a key at their first use. */
class ReceivedMetadata extends Metadata {
  readonly #fields: readonly HeaderField[];
  #decoded: Map<string, readonly MetadataValue[]> | undefined = undefined;

  constructor(fields: readonly HeaderField[]) {
    super();
    this.#fields = fields;
  }

  override get size(): number {
    return this.#names().filter((name) => this.getAll(name).length > 0).length;
  }

  override get(key: string): MetadataValue | undefined {
    return this.getAll(key)[0];
  }

  override getAll(key: string): readonly MetadataValue[] {
    const name = key.toLowerCase();
    const known = this.#decoded?.get(name);
    if (known !== undefined) return known;
    const values = reserved.has(name) ? NO_VALUES : this.#decode(name);
    // Missing keys are not cached: a handler may look up any number of them.
    if (values.length > 0) (this.#decoded ??= new Map()).set(name, values);
    return values;
  }

  override set(key: string): never {
    throw new TypeError(`Received metadata cannot be changed: ${key} was to be set`);
  }

  override add(key: string): never {
    throw new TypeError(`Received metadata cannot be changed: ${key} was to be added`);
  }

  override *[Symbol.iterator](): IterableIterator<[string, MetadataValue]> {
    for (const name of this.#names()) {
      for (const value of this.getAll(name)) yield [name, value];
    }
  }

  /** Returns the names of the fields in their order, without duplicates. */
  #names(): string[] {
    return [...new Set(this.#fields.map(({ name }) => name))];
  }

  #decode(name: string): readonly MetadataValue[] {
    let values: Metadata | undefined;
    let room = MAX_METADATA_VALUES;
    for (const field of this.#fields) {
      if (field.name !== name || room === 0) continue;
      values ??= new Metadata();
      if (!name.endsWith("-bin")) {
        addAllowed(values, name, field.value);
        room--;
        continue;
      }
      // A field may hold several values, with or without padding.
      const parts = field.value.split(",", room);
      for (const part of parts) addAllowed(values, name, decodeBinary(part));
      room -= parts.length;
    }
    return values?.getAll(name) ?? NO_VALUES;
  }
}

function fieldValue(value: MetadataValue): string {
  // HTTP/2 has no white space at the ends of a value (RFC 9113 section 8.2.1).
  return typeof value === "string" ? value.trim() : encodeBinary(value);
}

/** Encodes bytes in base64 without padding, as the specification requires of senders. */
function encodeBinary(bytes: Uint8Array): string {
  const { buffer, byteOffset, length } = bytes;
  return Buffer.from(buffer, byteOffset, length).toString("base64").replace(/=+$/, "");
}

function decodeBinary(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.trim(), "base64"));
}

function addAllowed(metadata: Metadata, name: string, value: MetadataValue): void {
  try {
    metadata.add(name, value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
