/** Frames and header blocks in bytes, for tests. @module */
import { errorCodeName } from "../../src/http2/error_codes.ts";
import {
  FrameFlag,
  FrameType,
  readLength,
  readUint31,
  readUint32,
  writeFrameHeader,
} from "../../src/http2/frame/mod.ts";
import { HpackEncoder, PreparedHeaders } from "../../src/http2/hpack/mod.ts";
import { OutputBuffer } from "../../src/http2/output_buffer.ts";
import { CLIENT_PREFACE } from "../../src/http2/preface.ts";

export { CLIENT_PREFACE, FrameFlag, FrameType };

const TYPE_NAMES = Object.keys(FrameType);

/** Makes a frame, which need not be valid. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array | readonly number[] = [],
): Uint8Array {
  const bytes = new Uint8Array(9 + payload.length);
  bytes.set(payload, writeFrameHeader(bytes, 0, payload.length, type, flags, streamId));
  return bytes;
}

/** Joins pieces of bytes. */
export function join(...pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A number as 32 bits in network byte order. */
export function uint32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** Makes a header block that uses no dynamic table, so that it is valid anywhere. */
export function block(fields: readonly string[]): Uint8Array {
  return join(...new PreparedHeaders(fields).literals);
}

/** Makes a header block by an encoder, with its dynamic table. */
export function encoded(encoder: HpackEncoder, fields: readonly string[]): Uint8Array {
  const output = new OutputBuffer();
  encoder.encode(new PreparedHeaders(fields), [], output);
  const bytes = output.view().slice();
  output.clear();
  return bytes;
}

/** The fields of a complete request. */
export const REQUEST = [":method", "POST", ":scheme", "http", ":path", "/a/b", ":authority", "x"];

/** Makes a HEADERS frame with a complete block. */
export function headers(
  streamId: number,
  fields: readonly string[] = REQUEST,
  flags: number = FrameFlag.END_STREAM,
): Uint8Array {
  return frame(FrameType.HEADERS, flags | FrameFlag.END_HEADERS, streamId, block(fields));
}

/** Makes a DATA frame of `size` zeros. */
export function data(streamId: number, size: number, flags = 0): Uint8Array {
  return frame(FrameType.DATA, flags, streamId, new Uint8Array(size));
}

/** Makes a SETTINGS frame. */
export function settings(...entries: readonly (readonly [id: number, value: number])[]) {
  return frame(
    FrameType.SETTINGS,
    0,
    0,
    entries.flatMap(([id, value]) => [id >>> 8, id & 255, ...uint32(value)]),
  );
}

/** The acknowledgment of SETTINGS. */
export const SETTINGS_ACK: Uint8Array = frame(FrameType.SETTINGS, FrameFlag.ACK, 0);

/** Makes a WINDOW_UPDATE frame. */
export function windowUpdate(streamId: number, increment: number): Uint8Array {
  return frame(FrameType.WINDOW_UPDATE, 0, streamId, uint32(increment));
}

/** Makes an RST_STREAM frame. */
export function rstStream(streamId: number, code: number): Uint8Array {
  return frame(FrameType.RST_STREAM, 0, streamId, uint32(code));
}

/** Describes the frames in some bytes, a line each, such as `DATA 1 end 5` or `GOAWAY 3 PROTOCOL_ERROR`. */
export function describe(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = readLength(bytes, at);
    const type = bytes[at + 3];
    const flags = bytes[at + 4];
    const id = readUint31(bytes, at + 5);
    at += 9;
    lines.push(`${TYPE_NAMES[type]}${details(bytes, at, length, type, flags, id)}`);
    at += length;
  }
  return lines;
}

function details(
  bytes: Uint8Array,
  at: number,
  length: number,
  type: number,
  flags: number,
  id: number,
): string {
  const end = (flags & FrameFlag.END_STREAM) !== 0 ? " end" : "";
  switch (type) {
    case FrameType.DATA:
      return ` ${id}${end} ${length}`;
    case FrameType.HEADERS:
      return ` ${id}${end}`;
    case FrameType.RST_STREAM:
      return ` ${id} ${errorCodeName(readUint32(bytes, at))}`;
    case FrameType.SETTINGS:
    case FrameType.PING:
      return (flags & FrameFlag.ACK) !== 0 ? " ack" : "";
    case FrameType.GOAWAY:
      return ` ${readUint31(bytes, at)} ${errorCodeName(readUint32(bytes, at + 4))}`;
    case FrameType.WINDOW_UPDATE:
      return ` ${id} ${readUint31(bytes, at)}`;
    default:
      return ` ${id}`;
  }
}
