import { HeaderList } from "./header_list.ts";
import { DEFAULT_TABLE_SIZE, type HeaderField, HpackDecoder } from "./hpack/mod.ts";
import type { Limits } from "./limits.ts";

/** Blocks that are remembered for each connection: a client calls a few methods at a time. */
const REMEMBERED = 4;

/** Octets up to which a block is remembered. */
const MAX_REMEMBERED_LENGTH = 256;

/** A block that came twice, and its list. */
interface Remembered {
  readonly bytes: Uint8Array;
  readonly list: HeaderList;
}

/** Where fields of one block are gathered: one for the thread, as no decoding is ever interrupted. */
const gathered: HeaderField[] = [];

/**
 * Decodes the header blocks of a connection.
 *
 * gRPC clients repeat themselves: after the first calls of a method all further blocks are the same
 * octets, and as long as the dynamic table stays, the same octets are the same list. So blocks that
 * came twice and left the table alone are remembered, and a repetition costs a comparison.
 */
export class BlockDecoder {
  readonly #decoder: HpackDecoder;
  readonly #maxListSize: number;
  #remembered: Remembered[] = [];
  #next = 0;
  #generation = 0;
  /** Hashes of the last blocks that were not remembered. */
  readonly #candidates = [0, 0, 0, 0];
  #nextCandidate = 0;

  constructor(limits: Limits) {
    this.#maxListSize = limits.maxHeaderListSize;
    // Until our SETTINGS are acknowledged the peer may go by the default (RFC 9113 section 6.5.3).
    this.#decoder = new HpackDecoder(DEFAULT_TABLE_SIZE);
    this.#decoder.allowTableSize(Math.max(DEFAULT_TABLE_SIZE, limits.maxDecoderTableSize));
  }

  /** The peer has acknowledged a SETTINGS_HEADER_TABLE_SIZE: it holds from now on. */
  allowTableSize(size: number): void {
    this.#decoder.allowTableSize(size);
  }

  /**
   * Decodes a whole block.
   *
   * @returns the list, or null where it is larger than the limit
   * @throws {Http2Error} COMPRESSION_ERROR
   */
  decode(bytes: Uint8Array, at: number, end: number): HeaderList | null {
    const known = this.#recall(bytes, at, end);
    if (known !== null) return known;
    const { generation } = this.#decoder;
    gathered.length = 0;
    const size = this.#decoder.decode(bytes, at, end, gathered, this.#maxListSize);
    if (size > this.#maxListSize) return null;
    const list = new HeaderList(gathered);
    if (generation === this.#decoder.generation) this.#remember(bytes, at, end, list);
    return list;
  }

  #recall(bytes: Uint8Array, at: number, end: number): HeaderList | null {
    if (this.#generation !== this.#decoder.generation) {
      this.#generation = this.#decoder.generation;
      if (this.#remembered.length > 0) this.#remembered = [];
      this.#next = 0;
      return null;
    }
    for (const entry of this.#remembered) {
      if (equal(entry.bytes, bytes, at, end)) return entry.list;
    }
    return null;
  }

  #remember(bytes: Uint8Array, at: number, end: number, list: HeaderList): void {
    if (end - at > MAX_REMEMBERED_LENGTH) return;
    const hash = hashOf(bytes, at, end);
    if (!this.#candidates.includes(hash)) {
      this.#candidates[this.#nextCandidate] = hash;
      this.#nextCandidate = (this.#nextCandidate + 1) % REMEMBERED;
      return;
    }
    this.#remembered[this.#next] = { bytes: bytes.slice(at, end), list };
    this.#next = (this.#next + 1) % REMEMBERED;
  }
}

function equal(known: Uint8Array, bytes: Uint8Array, at: number, end: number): boolean {
  if (known.length !== end - at) return false;
  for (let i = known.length - 1; i >= 0; i--) if (known[i] !== bytes[at + i]) return false;
  return true;
}

/** FNV-1a: it only decides whether a block is worth remembering. */
function hashOf(bytes: Uint8Array, at: number, end: number): number {
  let hash = 0x811c9dc5;
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash;
}
