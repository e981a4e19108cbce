import { connectionError } from "./errors.ts";
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
 * Puts header blocks together from HEADERS and CONTINUATION frames and decodes them.
 *
 * gRPC clients repeat themselves: after the first calls of a method all further blocks are the same
 * octets, and as long as the dynamic table stays, the same octets are the same list. So blocks that
 * came twice and left the table alone are remembered, and a repetition costs a comparison.
 */
export class HeaderReader {
  readonly #decoder: HpackDecoder;
  readonly #limits: Limits;
  /** The stream whose block is incomplete, 0 for none. */
  openStreamId = 0;
  /** Whether the incomplete block's HEADERS frame had END_STREAM. */
  openEndStream = false;
  #fragments: Uint8Array[] = [];
  #length = 0;
  #remembered: Remembered[] = [];
  #next = 0;
  #generation = 0;
  #acknowledged = false;
  /** Hashes of the last blocks that were not remembered. */
  readonly #candidates = [0, 0, 0, 0];
  #nextCandidate = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    // Until our SETTINGS are acknowledged the peer may go by the default (RFC 9113 section 6.5.3).
    this.#decoder = new HpackDecoder(DEFAULT_TABLE_SIZE);
    this.#decoder.allowTableSize(Math.max(DEFAULT_TABLE_SIZE, limits.maxDecoderTableSize));
  }

  /** Begins a block that CONTINUATION frames will complete. */
  begin(
    bytes: Uint8Array,
    at: number,
    end: number,
    streamId: number,
    endStream: boolean,
  ): void {
    this.openStreamId = streamId;
    this.openEndStream = endStream;
    this.#length = 0;
    this.#keep(bytes, at, end);
  }

  /**
   * Adds a CONTINUATION frame, and decodes the block if it is the last.
   *
   * @returns as `decode()`, and undefined as long as the block is incomplete
   */
  proceed(
    bytes: Uint8Array,
    at: number,
    end: number,
    last: boolean,
  ): HeaderList | null | undefined {
    if (this.#fragments.length > this.#limits.maxContinuations) {
      throw connectionError(
        "ENHANCE_YOUR_CALM",
        "A header block has too many CONTINUATION frames",
        {
          limit: "maxContinuations",
        },
      );
    }
    this.#keep(bytes, at, end);
    if (!last) return undefined;
    const block = new Uint8Array(this.#length);
    let length = 0;
    for (const fragment of this.#fragments) {
      block.set(fragment, length);
      length += fragment.length;
    }
    this.#fragments = [];
    this.openStreamId = 0;
    return this.decode(block, 0, length);
  }

  /**
   * Decodes a whole block.
   *
   * @returns the list, or null where it is larger than the limit
   * @throws {Http2Error} COMPRESSION_ERROR; ENHANCE_YOUR_CALM over `maxHeaderBlockSize`
   */
  decode(bytes: Uint8Array, at: number, end: number): HeaderList | null {
    this.#checkSize(end - at);
    const known = this.#recall(bytes, at, end);
    if (known !== null) return known;
    const { generation } = this.#decoder;
    gathered.length = 0;
    const { maxHeaderListSize } = this.#limits;
    const size = this.#decoder.decode(bytes, at, end, gathered, maxHeaderListSize);
    if (size > maxHeaderListSize) return null;
    const list = new HeaderList(gathered);
    if (generation === this.#decoder.generation) this.#remember(bytes, at, end, list);
    return list;
  }

  /** The peer has acknowledged our first SETTINGS: the table's size that they name holds. */
  settingsAcknowledged(): void {
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    this.#decoder.allowTableSize(this.#limits.maxDecoderTableSize);
  }

  #keep(bytes: Uint8Array, at: number, end: number): void {
    this.#checkSize(this.#length + end - at);
    this.#length += end - at;
    this.#fragments.push(bytes.slice(at, end));
  }

  #checkSize(size: number): void {
    if (size > this.#limits.maxHeaderBlockSize) {
      throw connectionError("ENHANCE_YOUR_CALM", "A header block is larger than the limit", {
        limit: "maxHeaderBlockSize",
      });
    }
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
