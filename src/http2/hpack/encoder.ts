/** The encoder of header blocks (RFC 7541 section 6). @module */
import type { OutputBuffer } from "../output_buffer.ts";
import { writeOctets } from "./_octets.ts";
import { DEFAULT_TABLE_SIZE, DynamicTable, FIRST_DYNAMIC_INDEX } from "./dynamic_table.ts";
import { MAX_INTEGER_LENGTH, writeInteger } from "./integer.ts";
import {
  encodeLiteral,
  INCREMENTAL,
  isSensitive,
  NEVER_INDEXED,
  type PreparedHeaders,
  WITHOUT_INDEXING,
} from "./prepared_headers.ts";
import { findStatic, staticNames } from "./static_table.ts";

/** Prepared lists whose encoding is cached: a client has one for each method. */
const MAX_BLOCKS = 64;

/** The encoding of a prepared list for one generation of the table. */
interface Block {
  readonly bytes: Uint8Array;
  readonly generation: number;
}

/**
 * Encodes header blocks (RFC 7541). Fields of prepared lists are added to the dynamic table while it has room, and none
 * is evicted: soon indices no longer change, and a prepared list is a copy of a few octets. Fields of a single message
 * are plain literals.
 */
export class HpackEncoder {
  readonly #table = new DynamicTable(DEFAULT_TABLE_SIZE);
  /** The largest table that is used, even if the peer allows more. */
  readonly #cap: number;
  readonly #blocks = new Map<PreparedHeaders, Block>();
  /** The last extra fields, and their literals once they were repeated. */
  #lastExtra: readonly string[] | undefined = undefined;
  #lastLiterals: Uint8Array | undefined = undefined;
  /** The smallest maximum since the last block, -1 when no size update is due (section 4.2). */
  #announce = -1;

  constructor(cap: number) {
    this.#cap = cap;
    if (cap < DEFAULT_TABLE_SIZE) this.#resize(cap);
  }

  /** The size of the table in octets (RFC 7541 section 4.1). */
  get tableSize(): number {
    return this.#table.size;
  }

  /** Applies the peer's SETTINGS_HEADER_TABLE_SIZE. After a change the next block begins with a size update. */
  setTableSize(size: number): void {
    const maxSize = Math.min(size, this.#cap);
    if (maxSize !== this.#table.maxSize) this.#resize(maxSize);
  }

  /**
   * Appends the block of `headers` followed by `extra` (name, value, name, value, …; strings of one
   * octet a char; an array that does not change) to `output`.
   */
  encode(headers: PreparedHeaders, extra: readonly string[], output: OutputBuffer): void {
    if (this.#announce >= 0) this.#writeSizeUpdates(output);
    const block = this.#blocks.get(headers);
    if (block !== undefined && block.generation === this.#table.generation) {
      append(block.bytes, output);
    } else {
      this.#encodePrepared(headers, output);
    }
    if (extra.length > 0) this.#encodeExtra(extra, output);
  }

  /** Appends literals, whose octets do not depend on the table. */
  #encodeExtra(extra: readonly string[], output: OutputBuffer): void {
    const isRepeated = extra === this.#lastExtra;
    if (isRepeated && this.#lastLiterals !== undefined) return append(this.#lastLiterals, output);
    const { length } = output;
    for (let i = 0; i + 1 < extra.length; i += 2) appendLiteral(extra[i], extra[i + 1], output);
    this.#lastExtra = extra;
    this.#lastLiterals = isRepeated
      ? output.bytes.slice(output.start + length, output.end)
      : undefined;
  }

  #resize(maxSize: number): void {
    this.#announce = this.#announce < 0 ? maxSize : Math.min(this.#announce, maxSize);
    this.#table.resize(maxSize);
  }

  /** Section 4.2: writes the smallest maximum since the last block, and then the present one. */
  #writeSizeUpdates(output: OutputBuffer): void {
    let at = output.reserve(2 * MAX_INTEGER_LENGTH);
    const { maxSize } = this.#table;
    if (this.#announce < maxSize) at = writeInteger(this.#announce, 0x20, 0x1f, output.bytes, at);
    output.end = writeInteger(maxSize, 0x20, 0x1f, output.bytes, at);
    this.#announce = -1;
  }

  #encodePrepared(headers: PreparedHeaders, output: OutputBuffer): void {
    const { generation } = this.#table;
    const length = output.length;
    headers.fields.forEach((field, i) => {
      const index = findStatic(field.name, field.value) || this.#find(field.name, field.value);
      if (index > 0 && !field.sensitive) {
        output.reserve(MAX_INTEGER_LENGTH);
        output.end = writeInteger(index, 0x80, 0x7f, output.bytes, output.end);
      } else if (field.sensitive || this.#table.size + field.size > this.#table.maxSize) {
        append(headers.literals[i], output);
      } else {
        append(encodeLiteral(field, INCREMENTAL), output);
        this.#table.add(field);
      }
    });
    if (this.#table.generation !== generation) return;
    if (this.#blocks.size >= MAX_BLOCKS) this.#blocks.clear();
    const bytes = output.bytes.slice(output.start + length, output.end);
    this.#blocks.set(headers, { bytes, generation });
  }

  #find(name: string, value: string): number {
    for (let place = 0; place < this.#table.length; place++) {
      const field = this.#table.at(place)!;
      if (field.name === name && field.value === value) return FIRST_DYNAMIC_INDEX + place;
    }
    return 0;
  }
}

function append(bytes: Uint8Array, output: OutputBuffer): void {
  const at = output.reserve(bytes.length);
  const target = output.bytes;
  for (let i = 0; i < bytes.length; i++) target[at + i] = bytes[i];
  output.end = at + bytes.length;
}

/** Appends a field of a single message, without indexing and Huffman coding. */
function appendLiteral(name: string, value: string, output: OutputBuffer): void {
  let at = output.reserve(3 * MAX_INTEGER_LENGTH + name.length + value.length);
  const { bytes } = output;
  const index = staticNames.get(name) ?? 0;
  const pattern = isSensitive(name) ? NEVER_INDEXED : WITHOUT_INDEXING;
  at = writeInteger(index, pattern, 0x0f, bytes, at);
  if (index === 0) at = writeOctets(name, bytes, writeInteger(name.length, 0, 0x7f, bytes, at));
  output.end = writeOctets(value, bytes, writeInteger(value.length, 0, 0x7f, bytes, at));
}
