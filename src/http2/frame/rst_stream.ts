import { connectionError } from "../errors.ts";
import type { OutputBuffer } from "../output_buffer.ts";
import {
  FRAME_HEADER_LENGTH,
  FrameType,
  readUint32,
  writeFrameHeader,
  writeUint32,
} from "./header.ts";

/**
 * Reads the error code of an RST_STREAM frame (RFC 9113 section 6.4).
 *
 *     +---------------------------------------------------------------+
 *     |                        Error Code (32)                        |
 *     +---------------------------------------------------------------+
 *
 * @throws {Http2Error} PROTOCOL_ERROR, FRAME_SIZE_ERROR
 */
export function parseRstStream(
  bytes: Uint8Array,
  at: number,
  length: number,
  streamId: number,
): number {
  if (streamId === 0) throw connectionError("PROTOCOL_ERROR", "An RST_STREAM frame is on stream 0");
  if (length !== 4) {
    throw connectionError("FRAME_SIZE_ERROR", "An RST_STREAM frame does not have 4 octets");
  }
  return readUint32(bytes, at);
}

/** Appends an RST_STREAM frame. */
export function encodeRstStream(output: OutputBuffer, streamId: number, errorCode: number): void {
  const at = output.reserve(FRAME_HEADER_LENGTH + 4);
  writeUint32(
    output.bytes,
    writeFrameHeader(output.bytes, at, 4, FrameType.RST_STREAM, 0, streamId),
    errorCode,
  );
  output.end = at + FRAME_HEADER_LENGTH + 4;
}
