/** The encoding of header sections into frames. @module */
import { FieldKind, kindOf } from "./_field_kind.ts";
import { streamError } from "./errors.ts";
import { encodeHeaders, FRAME_HEADER_LENGTH } from "./frame/mod.ts";
import { FIELD_OVERHEAD, HeaderField, HpackEncoder, type PreparedHeaders } from "./hpack/mod.ts";
import type { OutputBuffer } from "./output_buffer.ts";

/** Encodes header sections into HEADERS and CONTINUATION frames. */
export class HeaderWriter {
  readonly #output: OutputBuffer;
  readonly #maxTableSize: number;
  /** Made for the first header section, as an idle connection sends none. */
  #encoder: HpackEncoder | undefined = undefined;

  /** @param maxTableSize bytes of the HPACK table, even if the peer allows more */
  constructor(output: OutputBuffer, maxTableSize: number) {
    this.#output = output;
    this.#maxTableSize = maxTableSize;
  }

  /** Applies the peer's SETTINGS_HEADER_TABLE_SIZE. */
  setTableSize(size: number): void {
    this.#hpack().setTableSize(size);
  }

  /** Appends a header section, whose fields are checked, to the output. */
  write(
    streamId: number,
    headers: PreparedHeaders,
    extra: readonly string[],
    endStream: boolean,
    maxFrameSize: number,
  ): void {
    const output = this.#output;
    output.end = output.reserve(FRAME_HEADER_LENGTH) + FRAME_HEADER_LENGTH;
    const before = output.length;
    this.#hpack().encode(headers, extra, output);
    encodeHeaders(output, output.length - before, streamId, endStream, maxFrameSize);
  }

  #hpack(): HpackEncoder {
    return this.#encoder ??= new HpackEncoder(this.#maxTableSize);
  }
}

/** The last extra fields that were checked, and their size: calls of one load mostly have the same. */
let lastChecked: readonly string[] | undefined;
let lastSize = 0;

/**
 * Checks that fields may be sent, and that their list is not larger than the peer accepts.
 *
 * @param extra fields that follow the prepared ones: name, value, name, value, …; an array that does not change
 * @param maxListSize SETTINGS_MAX_HEADER_LIST_SIZE of the peer
 * @returns the size of the list (RFC 7541 section 4.1)
 * @throws {Http2Error} INTERNAL_ERROR of the stream
 */
export function checkFields(
  streamId: number,
  headers: PreparedHeaders,
  extra: readonly string[],
  maxListSize: number,
): number {
  if (extra.length > 0 && extra !== lastChecked) {
    lastSize = sizeOfChecked(streamId, extra);
    lastChecked = extra;
  }
  const size = extra.length > 0 ? headers.listSize + lastSize : headers.listSize;
  if (size <= maxListSize) return size;
  const message = `The peer accepts ${maxListSize} bytes of headers, and these have ${size}`;
  throw streamError(streamId, "INTERNAL_ERROR", message);
}

/** Returns the size of fields that may be sent. */
function sizeOfChecked(streamId: number, extra: readonly string[]): number {
  let size = 0;
  for (let i = 0; i + 1 < extra.length; i += 2) {
    const kind = kindOf(new HeaderField(extra[i], extra[i + 1]));
    if (kind < FieldKind.REGULAR || kind === FieldKind.MALFORMED) {
      throw streamError(streamId, "INTERNAL_ERROR", `The field ${extra[i]} may not be sent`);
    }
    size += extra[i].length + extra[i + 1].length + FIELD_OVERHEAD;
  }
  return size;
}
