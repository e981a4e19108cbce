import { connectionError } from "../errors.ts";
import type { OutputBuffer } from "../output_buffer.ts";
import { FRAME_HEADER_LENGTH, FrameFlag, FrameType, writeFrameHeader } from "./header.ts";

/**
 * Checks that CONTINUATION frames (RFC 9113 section 6.10), and no others, follow an incomplete header block; flag
 * END_HEADERS (0x4).
 *
 *     +---------------------------------------------------------------+
 *     |                   Field Block Fragment (*)                  ...
 *     +---------------------------------------------------------------+
 *
 * @param openStreamId the stream whose header block is incomplete, 0 for none
 * @throws {Http2Error} PROTOCOL_ERROR
 */
export function checkContinuation(type: number, streamId: number, openStreamId: number): void {
  if (openStreamId === 0) {
    if (type !== FrameType.CONTINUATION) return;
    throw connectionError("PROTOCOL_ERROR", "A CONTINUATION frame follows no header block");
  }
  if (type !== FrameType.CONTINUATION || streamId !== openStreamId) {
    throw connectionError("PROTOCOL_ERROR", "A header block is interrupted by another frame");
  }
}

/** Appends a CONTINUATION frame. */
export function encodeContinuation(
  output: OutputBuffer,
  streamId: number,
  fragment: Uint8Array,
  endHeaders: boolean,
): void {
  const at = output.reserve(FRAME_HEADER_LENGTH + fragment.length);
  const flags = endHeaders ? FrameFlag.END_HEADERS : 0;
  const payload = writeFrameHeader(
    output.bytes,
    at,
    fragment.length,
    FrameType.CONTINUATION,
    flags,
    streamId,
  );
  output.bytes.set(fragment, payload);
  output.end = payload + fragment.length;
}
