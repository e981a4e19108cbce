import { connectionError } from "../errors.ts";
import { FrameFlag } from "./header.ts";

/**
 * The octets of padding at the end of a DATA or HEADERS frame, without the pad length octet.
 *
 * @throws {Http2Error} FRAME_SIZE_ERROR, PROTOCOL_ERROR
 */
export function paddingLength(bytes: Uint8Array, at: number, length: number, flags: number) {
  if ((flags & FrameFlag.PADDED) === 0) return 0;
  if (length < 1) throw connectionError("FRAME_SIZE_ERROR", "A padded frame has no pad length");
  // RFC 9113 section 6.1: padding as long as the payload or longer is a connection error.
  if (bytes[at] >= length) {
    throw connectionError("PROTOCOL_ERROR", "A frame's padding is longer than the frame");
  }
  return bytes[at];
}
