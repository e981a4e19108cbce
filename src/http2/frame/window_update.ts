import { connectionError, streamError } from "../errors.ts";
import type { OutputBuffer } from "../output_buffer.ts";
import {
  FRAME_HEADER_LENGTH,
  FrameType,
  readUint31,
  writeFrameHeader,
  writeUint32,
} from "./header.ts";

/**
 * Reads the increment of a WINDOW_UPDATE frame (RFC 9113 section 6.9).
 *
 *     +-+-------------------------------------------------------------+
 *     |R|              Window Size Increment (31)                     |
 *     +-+-------------------------------------------------------------+
 *
 * @throws {Http2Error} FRAME_SIZE_ERROR, PROTOCOL_ERROR of the stream or of the connection
 */
export function parseWindowUpdate(
  bytes: Uint8Array,
  at: number,
  length: number,
  streamId: number,
): number {
  if (length !== 4) {
    throw connectionError("FRAME_SIZE_ERROR", "A WINDOW_UPDATE frame does not have 4 octets");
  }
  const increment = readUint31(bytes, at);
  if (increment > 0) return increment;
  const message = "A WINDOW_UPDATE frame has an increment of 0";
  throw streamId === 0
    ? connectionError("PROTOCOL_ERROR", message)
    : streamError(streamId, "PROTOCOL_ERROR", message);
}

/** Appends a WINDOW_UPDATE frame. */
export function encodeWindowUpdate(
  output: OutputBuffer,
  streamId: number,
  increment: number,
): void {
  const at = output.reserve(FRAME_HEADER_LENGTH + 4);
  writeUint32(
    output.bytes,
    writeFrameHeader(output.bytes, at, 4, FrameType.WINDOW_UPDATE, 0, streamId),
    increment,
  );
  output.end = at + FRAME_HEADER_LENGTH + 4;
}
