/** GOAWAY frames (RFC 9113 section 6.8). @module */
import { connectionError } from "../errors.ts";
import type { OutputBuffer } from "../output_buffer.ts";
import {
  FRAME_HEADER_LENGTH,
  FrameType,
  readUint31,
  readUint32,
  writeFrameHeader,
  writeUint32,
} from "./header.ts";

/** Octets before the debug data. */
const FIXED_LENGTH = 8;

/** Octets of debug data that are kept, for a log line. A frame can hold far more. */
const MAX_DEBUG_LENGTH = 256;

/** The content of a GOAWAY frame. */
export interface Goaway {
  /** Streams above this one are not processed: their requests can be sent again elsewhere. */
  readonly lastStreamId: number;
  readonly errorCode: number;
  /** Debug data in ASCII, with a question mark for each octet that is not printable. */
  readonly debugData: string;
}

/**
 * Reads a GOAWAY frame (RFC 9113 section 6.8).
 *
 *     +-+-------------------------------------------------------------+
 *     |R|                  Last-Stream-ID (31)                        |
 *     +-+-------------------------------------------------------------+
 *     |                      Error Code (32)                          |
 *     +---------------------------------------------------------------+
 *     |                  Additional Debug Data (*)                    |
 *     +---------------------------------------------------------------+
 *
 * @throws {Http2Error} PROTOCOL_ERROR, FRAME_SIZE_ERROR
 */
export function parseGoaway(
  bytes: Uint8Array,
  at: number,
  length: number,
  streamId: number,
): Goaway {
  if (streamId !== 0) {
    throw connectionError("PROTOCOL_ERROR", `A GOAWAY frame is on stream ${streamId}`);
  }
  if (length < FIXED_LENGTH) {
    throw connectionError("FRAME_SIZE_ERROR", "A GOAWAY frame has less than 8 octets");
  }
  const start = at + FIXED_LENGTH;
  const debug = bytes.subarray(start, Math.min(at + length, start + MAX_DEBUG_LENGTH));
  return {
    lastStreamId: readUint31(bytes, at),
    errorCode: readUint32(bytes, at + 4),
    debugData: String.fromCharCode(...debug).replace(/[^\x20-\x7e]/g, "?"),
  };
}

/** Appends a GOAWAY frame; `debugData` is ASCII. */
export function encodeGoaway(
  output: OutputBuffer,
  lastStreamId: number,
  errorCode: number,
  debugData: string,
): void {
  const length = FIXED_LENGTH + debugData.length;
  const at = output.reserve(FRAME_HEADER_LENGTH + length);
  const payload = writeFrameHeader(output.bytes, at, length, FrameType.GOAWAY, 0, 0);
  writeUint32(output.bytes, payload, lastStreamId);
  writeUint32(output.bytes, payload + 4, errorCode);
  for (let i = 0; i < debugData.length; i++) {
    output.bytes[payload + FIXED_LENGTH + i] = debugData.charCodeAt(i);
  }
  output.end = payload + length;
}
