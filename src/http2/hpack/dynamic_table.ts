/** The dynamic table of HPACK (RFC 7541 section 2.3.2). @module */
import type { HeaderField } from "./field.ts";
import { staticTable } from "./static_table.ts";

/** The index of the newest entry, behind those of the static table (RFC 7541 section 2.3.3). */
export const FIRST_DYNAMIC_INDEX = staticTable.length;

/** The default of SETTINGS_HEADER_TABLE_SIZE (RFC 9113 section 6.5.2). */
export const DEFAULT_TABLE_SIZE = 4_096;

const NO_ENTRIES: HeaderField[] = [];

/**
 * The dynamic table (RFC 7541 section 2.3.2): a queue of fields, newest first. It drops the oldest fields when its size
 * (32 octets an entry and the octets of names and values) is over its maximum. An empty table holds no memory.
 */
export class DynamicTable {
  /** A ring, its length a power of two; the newest entry is at `#newest`. */
  #entries = NO_ENTRIES;
  #newest = 0;
  #count = 0;
  #size = 0;
  #maxSize: number;
  /** A number that changes with the table. While it is the same, equal blocks decode to equal lists. */
  generation = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** The number of entries. */
  get length(): number {
    return this.#count;
  }

  /** The size in octets (RFC 7541 section 4.1). */
  get size(): number {
    return this.#size;
  }

  get maxSize(): number {
    return this.#maxSize;
  }

  /** Changes the maximum size, and drops the entries that no longer fit (RFC 7541 section 4.3). */
  resize(maxSize: number): void {
    this.generation++;
    this.#maxSize = maxSize;
    this.#evict(maxSize);
  }

  /** The entry at a place, 0 for the newest; undefined beyond the oldest. */
  at(place: number): HeaderField | undefined {
    if (place >= this.#count) return undefined;
    return this.#entries[(this.#newest - place) & (this.#entries.length - 1)];
  }

  /** Adds a field. A field larger than the maximum empties the table and is not added (section 4.4). */
  add(field: HeaderField): void {
    this.generation++;
    const { size } = field;
    this.#evict(this.#maxSize - size);
    if (size > this.#maxSize) return;
    if (this.#count === this.#entries.length) this.#grow();
    this.#newest = (this.#newest + 1) & (this.#entries.length - 1);
    this.#entries[this.#newest] = field;
    this.#count++;
    this.#size += size;
  }

  #evict(maxSize: number): void {
    const mask = this.#entries.length - 1;
    while (this.#count > 0 && this.#size > maxSize) {
      this.#count--;
      this.#size -= this.#entries[(this.#newest - this.#count) & mask].size;
    }
    // Strings of dropped entries are released with the last entry at the latest.
    if (this.#count === 0) this.#entries = NO_ENTRIES;
  }

  #grow(): void {
    const ring = new Array<HeaderField>(Math.max(8, this.#entries.length * 2));
    for (let place = 0; place < this.#count; place++) {
      ring[this.#count - 1 - place] = this.at(place)!;
    }
    this.#entries = ring;
    this.#newest = this.#count - 1;
  }
}
