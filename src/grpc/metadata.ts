/** Metadata of calls. @module */

/**
 * The most values of one received key; further ones are dropped. A field of 16 KiB can hold 16,000 values of a `-bin` key,
 * which a peer repeats with one octet, and which take some 15 ms to decode. No protocol on gRPC sends more than a few.
 */
export const MAX_METADATA_VALUES = 64;

/** A value of metadata: text, or bytes for a key that ends in `-bin`. */
export type MetadataValue = string | Uint8Array;

const NO_ENTRIES: readonly never[] = [];
const keyForm = /^[0-9a-z_.-]+$/;
const textForm = /^[\x20-\x7e]*$/;

/**
 * The metadata of a call, sent as HTTP/2 headers or trailers (grpc's PROTOCOL-HTTP2.md,
 * Custom-Metadata). Keys are lower case; each has one or more values in order.
 */
export class Metadata {
  /** Made for the first key: a server has metadata of each call, most of it without keys of its own. */
  #values: Map<string, MetadataValue[]> | undefined = undefined;

  constructor(entries: Iterable<readonly [string, MetadataValue]> = NO_ENTRIES) {
    if (entries === NO_ENTRIES) return;
    for (const [key, value] of entries) this.add(key, value);
  }

  /** Number of keys. */
  get size(): number {
    return this.#values?.size ?? 0;
  }

  /** Returns the first value of a key. */
  get(key: string): MetadataValue | undefined {
    return this.#values?.get(key.toLowerCase())?.[0];
  }

  /** Returns all values of a key. */
  getAll(key: string): readonly MetadataValue[] {
    return this.#values?.get(key.toLowerCase()) ?? [];
  }

  /** Replaces the values of a key by one value. */
  set(key: string, value: MetadataValue): void {
    const name = checkedKey(key, value);
    (this.#values ??= new Map()).set(name, [value]);
  }

  /** Adds a value to a key. */
  add(key: string, value: MetadataValue): void {
    const name = checkedKey(key, value);
    this.#values ??= new Map();
    const values = this.#values.get(name);
    if (values) values.push(value);
    else this.#values.set(name, [value]);
  }

  /** Iterates over keys and values: a key with several values is repeated. */
  *[Symbol.iterator](): IterableIterator<[string, MetadataValue]> {
    if (this.#values === undefined) return;
    for (const [key, values] of this.#values) {
      for (const value of values) yield [key, value];
    }
  }
}

/** Checks a key and a value, and returns the key in lower case. */
function checkedKey(key: string, value: MetadataValue): string {
  const name = key.toLowerCase();
  if (!keyForm.test(name)) {
    throw new TypeError(
      `Metadata key ${JSON.stringify(key)} may only have letters, digits, "_", "-" and "."`,
    );
  }
  if (name.endsWith("-bin")) {
    if (typeof value === "string") {
      throw new TypeError(`Metadata key ${name} ends in -bin: its value must be bytes`);
    }
  } else if (typeof value !== "string" || !textForm.test(value)) {
    throw new TypeError(`Metadata key ${name} must have a value of printable ASCII text`);
  }
  return name;
}
