import { connectionError } from "../errors.ts";
import type { OutputBuffer } from "../output_buffer.ts";
import {
  FRAME_HEADER_LENGTH,
  FrameFlag,
  FrameType,
  readUint32,
  writeFrameHeader,
  writeUint32,
} from "./header.ts";

/** Octets of a PING's payload. */
const PING_LENGTH = 8;

/**
 * Checks a PING frame (RFC 9113 section 6.7); flag ACK (0x1).
 *
 *     +---------------------------------------------------------------+
 *     |                      Opaque Data (64)                         |
 *     |                                                               |
 *     +---------------------------------------------------------------+
 *
 * @throws {Http2Error} PROTOCOL_ERROR, FRAME_SIZE_ERROR
 */
export function checkPing(length: number, streamId: number): void {
  if (streamId !== 0) {
    throw connectionError("PROTOCOL_ERROR", `A PING frame is on stream ${streamId}`);
  }
  if (length !== PING_LENGTH) {
    throw connectionError("FRAME_SIZE_ERROR", "A PING frame does not have 8 octets");
  }
}

/** The number that `encodePing()` put into a PING, or -1 for other opaque data. */
export function pingNumber(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) === 0 ? readUint32(bytes, at + 4) : -1;
}

/** Appends a PING frame with a number as its opaque data. */
export function encodePing(output: OutputBuffer, number: number): void {
  const at = writePingHeader(output, 0);
  writeUint32(output.bytes, at, 0);
  writeUint32(output.bytes, at + 4, number);
}

/** Appends the acknowledgment of a PING frame whose payload is at `at`. */
export function encodePingAck(output: OutputBuffer, bytes: Uint8Array, at: number): void {
  const payload = writePingHeader(output, FrameFlag.ACK);
  for (let i = 0; i < PING_LENGTH; i++) output.bytes[payload + i] = bytes[at + i];
}

function writePingHeader(output: OutputBuffer, flags: number): number {
  const at = output.reserve(FRAME_HEADER_LENGTH + PING_LENGTH);
  output.end = at + FRAME_HEADER_LENGTH + PING_LENGTH;
  return writeFrameHeader(output.bytes, at, PING_LENGTH, FrameType.PING, flags, 0);
}
