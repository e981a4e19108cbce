/** The joining of header fragments. @module */
import { BlockDecoder } from "./_block_decoder.ts";
import { connectionError } from "./errors.ts";
import type { HeaderList } from "./header_list.ts";
import type { Limits } from "./limits.ts";

const NO_FRAGMENTS: readonly Uint8Array[] = [];

/** Joins the fragments of header blocks from HEADERS and CONTINUATION frames, and decodes them. */
export class HeaderReader {
  readonly #limits: Limits;
  /** The stream whose block is incomplete, 0 for none. */
  openStreamId = 0;
  /** True when the HEADERS frame of the incomplete block had END_STREAM. */
  openEndStream = false;
  #fragments = NO_FRAGMENTS;
  #length = 0;
  /** Created for the first block: an idle connection has none. */
  #decoder: BlockDecoder | undefined = undefined;
  #acknowledged = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Begins a block that CONTINUATION frames continue. */
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
   * Adds a CONTINUATION frame, and decodes the block after the last one.
   *
   * @returns as `decode()`; undefined while the block is incomplete
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
    this.#fragments = NO_FRAGMENTS;
    this.openStreamId = 0;
    return this.decode(block, 0, length);
  }

  /**
   * Decodes a whole block.
   *
   * @returns the list, or null when it is larger than the limit
   * @throws {Http2Error} COMPRESSION_ERROR; ENHANCE_YOUR_CALM over `maxHeaderBlockSize`
   */
  decode(bytes: Uint8Array, at: number, end: number): HeaderList | null {
    this.#checkSize(end - at);
    this.#decoder ??= this.#createDecoder();
    return this.#decoder.decode(bytes, at, end);
  }

  /** Applies the table size of our first SETTINGS, which the peer has acknowledged. */
  settingsAcknowledged(): void {
    if (this.#acknowledged) return;
    this.#acknowledged = true;
    this.#decoder?.allowTableSize(this.#limits.maxDecoderTableSize);
  }

  #createDecoder(): BlockDecoder {
    const decoder = new BlockDecoder(this.#limits);
    if (this.#acknowledged) decoder.allowTableSize(this.#limits.maxDecoderTableSize);
    return decoder;
  }

  #keep(bytes: Uint8Array, at: number, end: number): void {
    this.#checkSize(this.#length + end - at);
    this.#length += end - at;
    this.#fragments = [...this.#fragments, bytes.slice(at, end)];
  }

  #checkSize(size: number): void {
    if (size > this.#limits.maxHeaderBlockSize) {
      throw connectionError("ENHANCE_YOUR_CALM", "A header block is larger than the limit", {
        limit: "maxHeaderBlockSize",
      });
    }
  }
}
