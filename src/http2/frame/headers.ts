/** HEADERS and CONTINUATION frames (RFC 9113 sections 6.2 and 6.10). @module */
import { connectionError } from "../errors.ts";
import type { OutputBuffer } from "../output_buffer.ts";
import { encodeContinuation } from "./continuation.ts";
import { FRAME_HEADER_LENGTH, FrameFlag, FrameType, writeFrameHeader } from "./header.ts";

/** Octets of the deprecated fields that the PRIORITY flag adds. They are skipped. */
const PRIORITY_LENGTH = 5;

/**
 * The place of the field block fragment in a HEADERS frame (RFC 9113 section 6.2); flags END_STREAM (0x1),
 * END_HEADERS (0x4), PADDED (0x8) and PRIORITY (0x20).
 *
 *     +---------------+
 *     |Pad Length? (8)|
 *     +-+-------------+-----------------------------------------------+
 *     |E|                 Stream Dependency? (31)                     |
 *     +-+-------------+-----------------------------------------------+
 *     |  Weight? (8)  |
 *     +-+-------------+-----------------------------------------------+
 *     |                   Field Block Fragment (*)                  ...
 *     +---------------------------------------------------------------+
 *     |                           Padding (*)                       ...
 *     +---------------------------------------------------------------+
 *
 * @param end the place of the padding
 * @throws {Http2Error} PROTOCOL_ERROR, FRAME_SIZE_ERROR
 */
export function fragmentStart(at: number, end: number, flags: number, streamId: number): number {
  if (streamId === 0) throw connectionError("PROTOCOL_ERROR", "A HEADERS frame is on stream 0");
  if ((flags & FrameFlag.PADDED) !== 0) at += 1;
  if ((flags & FrameFlag.PRIORITY) !== 0) at += PRIORITY_LENGTH;
  if (at > end) {
    throw connectionError("FRAME_SIZE_ERROR", "A HEADERS frame is too short for its flags");
  }
  return at;
}

/**
 * Writes the frame header of the field block at the end of `output`, into the 9 octets that precede it. A block
 * longer than `maxFrameSize` is split into CONTINUATION frames.
 *
 * @param length octets of the block
 */
export function encodeHeaders(
  output: OutputBuffer,
  length: number,
  streamId: number,
  endStream: boolean,
  maxFrameSize: number,
): void {
  const at = output.end - length - FRAME_HEADER_LENGTH;
  const flags = endStream ? FrameFlag.END_STREAM : 0;
  if (length <= maxFrameSize) {
    const all = flags | FrameFlag.END_HEADERS;
    writeFrameHeader(output.bytes, at, length, FrameType.HEADERS, all, streamId);
    return;
  }
  writeFrameHeader(output.bytes, at, maxFrameSize, FrameType.HEADERS, flags, streamId);
  const rest = output.bytes.slice(output.end - length + maxFrameSize, output.end);
  output.end -= rest.length;
  for (let start = 0; start < rest.length; start += maxFrameSize) {
    const end = Math.min(rest.length, start + maxFrameSize);
    encodeContinuation(output, streamId, rest.subarray(start, end), end === rest.length);
  }
}
