/** A value of metadata: text, or bytes under a key that ends in `-bin`. */
export type MetadataValue = string | Uint8Array;

const keyForm = /^[0-9a-z_.-]+$/;
const textForm = /^[\x20-\x7e]*$/;

/**
 * The metadata of a call, sent as HTTP/2 headers or trailers (grpc's PROTOCOL-HTTP2.md,
 * Custom-Metadata). Keys are lower case; each has one or more values, in their order.
 */
export class Metadata {
  readonly #values = new Map<string, MetadataValue[]>();

  constructor(entries: Iterable<readonly [string, MetadataValue]> = []) {
    for (const [key, value] of entries) this.add(key, value);
  }

  get size(): number {
    return this.#values.size;
  }

  /** The first value of a key. */
  get(key: string): MetadataValue | undefined {
    return this.#values.get(key.toLowerCase())?.[0];
  }

  /** All values of a key. */
  getAll(key: string): readonly MetadataValue[] {
    return this.#values.get(key.toLowerCase()) ?? [];
  }

  /** Replaces the values of a key by one. */
  set(key: string, value: MetadataValue): void {
    this.#values.set(checkedKey(key, value), [value]);
  }

  /** Appends a value to those of a key. */
  add(key: string, value: MetadataValue): void {
    const name = checkedKey(key, value);
    const values = this.#values.get(name);
    if (values) values.push(value);
    else this.#values.set(name, [value]);
  }

  /** Every key and value, a key with several values once for each. */
  *[Symbol.iterator](): IterableIterator<[string, MetadataValue]> {
    for (const [key, values] of this.#values) {
      for (const value of values) yield [key, value];
    }
  }
}

/** The key in lower case, once it and its value are known to be what may be sent. */
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
