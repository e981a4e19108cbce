import { connectionError, streamError } from "../errors.ts";

/**
 * Checks a PRIORITY frame (RFC 9113 section 6.3). Priorities are deprecated and ignored.
 *
 *     +-+-------------------------------------------------------------+
 *     |E|                  Stream Dependency (31)                     |
 *     +-+-------------+-----------------------------------------------+
 *     |   Weight (8)  |
 *     +---------------+
 *
 * @throws {Http2Error} PROTOCOL_ERROR, and FRAME_SIZE_ERROR of the stream
 */
export function checkPriority(length: number, streamId: number): void {
  if (streamId === 0) throw connectionError("PROTOCOL_ERROR", "A PRIORITY frame is on stream 0");
  if (length !== 5) {
    throw streamError(streamId, "FRAME_SIZE_ERROR", "A PRIORITY frame does not have 5 octets");
  }
}
