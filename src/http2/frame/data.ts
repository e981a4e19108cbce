import { connectionError } from "../errors.ts";
import type { OutputBuffer } from "../output_buffer.ts";
import { FRAME_HEADER_LENGTH, FrameFlag, FrameType, writeFrameHeader } from "./header.ts";

/** Octets up to which a loop is faster than `Uint8Array.set()`. */
const LOOP_LENGTH = 48;

/**
 * Checks a DATA frame (RFC 9113 section 6.1); flags END_STREAM (0x1) and PADDED (0x8).
 *
 *     +---------------+
 *     |Pad Length? (8)|
 *     +---------------+-----------------------------------------------+
 *     |                            Data (*)                         ...
 *     +---------------------------------------------------------------+
 *     |                           Padding (*)                       ...
 *     +---------------------------------------------------------------+
 *
 * @throws {Http2Error} PROTOCOL_ERROR
 */
export function checkData(streamId: number): void {
  if (streamId === 0) throw connectionError("PROTOCOL_ERROR", "A DATA frame is on stream 0");
}

/** Appends a DATA frame whose payload is `prefix` and then `bytes` from `start` to `end`. */
export function encodeData(
  output: OutputBuffer,
  streamId: number,
  prefix: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
  endStream: boolean,
): void {
  const length = prefix.length + end - start;
  let at = output.reserve(FRAME_HEADER_LENGTH + length);
  const target = output.bytes;
  const flags = endStream ? FrameFlag.END_STREAM : 0;
  at = writeFrameHeader(target, at, length, FrameType.DATA, flags, streamId);
  at = copy(prefix, 0, prefix.length, target, at);
  output.end = copy(bytes, start, end, target, at);
}

function copy(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  if (end - start > LOOP_LENGTH) {
    const isAll = end - start === source.length;
    target.set(isAll ? source : source.subarray(start, end), at);
    return at + end - start;
  }
  while (start < end) target[at++] = source[start++];
  return at;
}
