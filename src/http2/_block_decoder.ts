/** The decoding of header blocks, with a cache of repeated ones. @module */
import { HeaderList } from "./header_list.ts";
import { DEFAULT_TABLE_SIZE, type HeaderField, HpackDecoder } from "./hpack/mod.ts";
import type { Limits } from "./limits.ts";

/** Blocks that are cached for each connection: a client calls a few methods at a time. */
const CACHED = 4;

/** Octets up to which a block is cached. */
const MAX_CACHED_LENGTH = 256;

/** A block that arrived twice, and its list. */
interface CachedBlock {
  readonly bytes: Uint8Array;
  readonly list: HeaderList;
}

/** The fields of the block that is being decoded: one array for the thread, as decoding is synchronous. */
const fields: HeaderField[] = [];

/**
 * Decodes the header blocks of a connection.
 *
 * gRPC clients repeat themselves: after the first calls of a method all further blocks are the same octets, and
 * while the dynamic table does not change, the same octets are the same list. Blocks that arrived twice and did not
 * change the table are cached, and a repetition costs a comparison.
 */
export class BlockDecoder {
  readonly #decoder: HpackDecoder;
  readonly #maxListSize: number;
  #cached: CachedBlock[] = [];
  #next = 0;
  #generation = 0;
  /** Hashes of the last blocks that were not cached. */
  readonly #candidates = [0, 0, 0, 0];
  #nextCandidate = 0;

  constructor(limits: Limits) {
    this.#maxListSize = limits.maxHeaderListSize;
    // Until our SETTINGS are acknowledged the peer may use the default (RFC 9113 section 6.5.3).
    this.#decoder = new HpackDecoder(DEFAULT_TABLE_SIZE);
    this.#decoder.allowTableSize(Math.max(DEFAULT_TABLE_SIZE, limits.maxDecoderTableSize));
  }

  /** Applies a SETTINGS_HEADER_TABLE_SIZE of ours that the peer has acknowledged. */
  allowTableSize(size: number): void {
    this.#decoder.allowTableSize(size);
  }

  /**
   * Decodes a whole block.
   *
   * @returns the list, or null when it is larger than the limit
   * @throws {Http2Error} COMPRESSION_ERROR
   */
  decode(bytes: Uint8Array, at: number, end: number): HeaderList | null {
    const known = this.#findCached(bytes, at, end);
    if (known !== null) return known;
    const { generation } = this.#decoder;
    fields.length = 0;
    const size = this.#decoder.decode(bytes, at, end, fields, this.#maxListSize);
    if (size > this.#maxListSize) return null;
    const list = new HeaderList(fields);
    if (generation === this.#decoder.generation) this.#cache(bytes, at, end, list);
    return list;
  }

  #findCached(bytes: Uint8Array, at: number, end: number): HeaderList | null {
    if (this.#generation !== this.#decoder.generation) {
      this.#generation = this.#decoder.generation;
      if (this.#cached.length > 0) this.#cached = [];
      this.#next = 0;
      return null;
    }
    for (const entry of this.#cached) {
      if (equal(entry.bytes, bytes, at, end)) return entry.list;
    }
    return null;
  }

  #cache(bytes: Uint8Array, at: number, end: number, list: HeaderList): void {
    if (end - at > MAX_CACHED_LENGTH) return;
    const hash = hashOf(bytes, at, end);
    if (!this.#candidates.includes(hash)) {
      this.#candidates[this.#nextCandidate] = hash;
      this.#nextCandidate = (this.#nextCandidate + 1) % CACHED;
      return;
    }
    this.#cached[this.#next] = { bytes: bytes.slice(at, end), list };
    this.#next = (this.#next + 1) % CACHED;
  }
}

function equal(known: Uint8Array, bytes: Uint8Array, at: number, end: number): boolean {
  if (known.length !== end - at) return false;
  for (let i = known.length - 1; i >= 0; i--) if (known[i] !== bytes[at + i]) return false;
  return true;
}

/** FNV-1a. It only decides which blocks are cached. */
function hashOf(bytes: Uint8Array, at: number, end: number): number {
  let hash = 0x811c9dc5;
  for (; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  return hash;
}
