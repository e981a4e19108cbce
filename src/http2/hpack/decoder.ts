/** The decoder of header blocks (RFC 7541 section 3). @module */
import { connectionError, type Http2Error } from "../errors.ts";
import { octetString } from "./_octets.ts";
import { DynamicTable, FIRST_DYNAMIC_INDEX } from "./dynamic_table.ts";
import { HeaderField } from "./field.ts";
import { decodeHuffman } from "./huffman.ts";
import { IntegerReader } from "./integer.ts";
import { staticTable } from "./static_table.ts";

// One of each for the thread, as decoding is synchronous.
const integers = new IntegerReader();
/** A buffer for decoded Huffman strings. */
let scratch = new Uint8Array(1_024);

/**
 * Decodes header blocks (RFC 7541). Every error is a connection error COMPRESSION_ERROR, because after it the tables of
 * the two sides differ (RFC 9113 section 4.3).
 */
export class HpackDecoder {
  readonly #table: DynamicTable;
  /** The table size that our SETTINGS_HEADER_TABLE_SIZE allows the peer. */
  #allowedTableSize: number;
  /** True while the peer still has to follow a lowered maximum with a size update (section 4.2). */
  #updateDue = false;

  constructor(tableSize: number) {
    this.#table = new DynamicTable(tableSize);
    this.#allowedTableSize = tableSize;
  }

  /** A number that changes when an earlier block may decode to another list, or to an error. */
  get generation(): number {
    return this.#table.generation;
  }

  /** The size of the table in octets (RFC 7541 section 4.1). */
  get tableSize(): number {
    return this.#table.size;
  }

  /**
   * Applies a SETTINGS_HEADER_TABLE_SIZE that the peer has acknowledged. If the maximum size of the table is over it,
   * the next block has to begin with a size update (section 4.2).
   */
  allowTableSize(size: number): void {
    this.#allowedTableSize = size;
    this.#updateDue = size < this.#table.maxSize;
    this.#table.generation++;
  }

  /**
   * Decodes the whole block from `at` to `end` and appends its fields to `fields`, up to a list size of
   * `maxListSize`. Further fields are decoded because they may change the table, and dropped.
   *
   * @returns the size of the whole list (RFC 7541 section 4.1); over `maxListSize` when fields were dropped
   * @throws {Http2Error} COMPRESSION_ERROR
   */
  decode(
    bytes: Uint8Array,
    at: number,
    end: number,
    fields: HeaderField[],
    maxListSize: number,
  ): number {
    let listSize = 0;
    let field: HeaderField;
    let fresh = true;
    while (at < end) {
      const first = bytes[at];
      if (first >= 0x80) {
        // Section 6.1, indexed:  | 1 | index: 7+ |
        let index = first & 0x7f;
        if (index === 0x7f) {
          index = integers.read(bytes, at, end, 0x7f);
          at = integers.end;
        } else {
          at++;
        }
        field = this.#lookUp(index);
      } else if (first >= 0x40) {
        // Section 6.2.1, with incremental indexing:  | 0 1 | name index: 6+ |
        field = this.#literal(bytes, at, end, 0x3f, false);
        at = integers.end;
        this.#table.add(field);
      } else if (first >= 0x20) {
        // Section 6.3, size update:  | 0 0 1 | maximum: 5+ |
        if (!fresh) throw compressionError("A table size update stands after a field");
        this.#resize(integers.read(bytes, at, end, 0x1f));
        at = integers.end;
        continue;
      } else {
        // Sections 6.2.2 and 6.2.3, without indexing or never indexed:  | 0 0 0 N | name index: 4+ |
        field = this.#literal(bytes, at, end, 0x0f, first >= 0x10);
        at = integers.end;
      }
      if (fresh) {
        if (this.#updateDue) throw compressionError("A table size update is missing");
        fresh = false;
      }
      listSize += field.size;
      if (listSize <= maxListSize) fields.push(field);
    }
    return listSize;
  }

  #lookUp(index: number): HeaderField {
    if (index >= FIRST_DYNAMIC_INDEX) {
      const field = this.#table.at(index - FIRST_DYNAMIC_INDEX);
      if (field !== undefined) return field;
    } else if (index > 0) {
      return staticTable[index];
    }
    // Section 2.3.3 and 6.1.
    throw compressionError("An index is in no table");
  }

  #literal(
    bytes: Uint8Array,
    at: number,
    end: number,
    mask: number,
    sensitive: boolean,
  ): HeaderField {
    const index = integers.read(bytes, at, end, mask);
    const name = index === 0 ? this.#string(bytes, end) : this.#lookUp(index).name;
    return new HeaderField(name, this.#string(bytes, end), sensitive);
  }

  /** Reads a string (section 5.2) behind the last integer:  | H | length: 7+ | octets | */
  #string(bytes: Uint8Array, limit: number): string {
    const start = integers.end;
    if (start >= limit) throw compressionError("A field is cut off");
    const length = integers.read(bytes, start, limit, 0x7f);
    const at = integers.end;
    const end = at + length;
    if (length < 0 || end > limit) throw compressionError("A string is longer than its block");
    integers.end = end;
    if (bytes[start] < 0x80) return octetString(bytes, at, end);
    if (length * 2 > scratch.length) scratch = new Uint8Array(length * 2);
    const decoded = decodeHuffman(bytes, at, end, scratch);
    if (decoded < 0) throw compressionError("A string has an invalid Huffman code");
    return octetString(scratch, 0, decoded);
  }

  #resize(size: number): void {
    // Section 6.3: up to the setting.
    if (size < 0 || size > this.#allowedTableSize) {
      throw compressionError("A table size update is over the setting");
    }
    this.#table.resize(size);
    this.#updateDue = false;
  }
}

function compressionError(message: string): Http2Error {
  return connectionError("COMPRESSION_ERROR", message);
}
