/** SETTINGS frames (RFC 9113 section 6.5). @module */
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

/** The parameters of RFC 9113 section 6.5.2. */
export const SettingId = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
} as const;

/** Octets of one parameter. */
const ENTRY_LENGTH = 6;

/** A parameter: its identifier, which may be unknown, and its value. */
export interface Setting {
  readonly id: number;
  readonly value: number;
}

/**
 * Reads the parameters of a SETTINGS frame in order (RFC 9113 section 6.5), none for an acknowledgment; flag ACK
 * (0x1). Values are not checked.
 *
 *     +-------------------------------+
 *     |       Identifier (16)         |
 *     +-------------------------------+-------------------------------+
 *     |                        Value (32)                             |
 *     +---------------------------------------------------------------+
 *
 * @throws {Http2Error} PROTOCOL_ERROR, FRAME_SIZE_ERROR, ENHANCE_YOUR_CALM for more than `maxEntries`
 */
export function parseSettings(
  bytes: Uint8Array,
  at: number,
  length: number,
  flags: number,
  streamId: number,
  maxEntries: number,
): Setting[] {
  if (streamId !== 0) {
    throw connectionError("PROTOCOL_ERROR", `A SETTINGS frame is on stream ${streamId}`);
  }
  if ((flags & FrameFlag.ACK) !== 0 && length !== 0) {
    throw connectionError("FRAME_SIZE_ERROR", "A SETTINGS acknowledgment has a payload");
  }
  if (length % ENTRY_LENGTH !== 0) {
    throw connectionError("FRAME_SIZE_ERROR", "A SETTINGS frame ends within a parameter");
  }
  if (length > maxEntries * ENTRY_LENGTH) {
    throw connectionError("ENHANCE_YOUR_CALM", "A SETTINGS frame has too many parameters", {
      limit: "maxSettingsEntries",
    });
  }
  const settings: Setting[] = [];
  for (const end = at + length; at < end; at += ENTRY_LENGTH) {
    settings.push({ id: (bytes[at] << 8) | bytes[at + 1], value: readUint32(bytes, at + 2) });
  }
  return settings;
}

/** Appends a SETTINGS frame. */
export function encodeSettings(output: OutputBuffer, settings: readonly Setting[]): void {
  const length = settings.length * ENTRY_LENGTH;
  let at = output.reserve(FRAME_HEADER_LENGTH + length);
  at = writeFrameHeader(output.bytes, at, length, FrameType.SETTINGS, 0, 0);
  for (const { id, value } of settings) {
    output.bytes[at] = id >>> 8;
    output.bytes[at + 1] = id;
    writeUint32(output.bytes, at + 2, value);
    at += ENTRY_LENGTH;
  }
  output.end = at;
}

/** Appends the acknowledgment of the peer's SETTINGS. */
export function encodeSettingsAck(output: OutputBuffer): void {
  const at = output.reserve(FRAME_HEADER_LENGTH);
  output.end = writeFrameHeader(output.bytes, at, 0, FrameType.SETTINGS, FrameFlag.ACK, 0);
}
