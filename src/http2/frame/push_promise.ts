import { connectionError, type Http2Error } from "../errors.ts";

/**
 * What a PUSH_PROMISE frame (RFC 9113 section 6.6) is: always an error. A server never gets one
 * (section 8.4), and our client forbids them with SETTINGS_ENABLE_PUSH 0 before it opens a stream.
 */
export function pushPromiseError(): Http2Error {
  return connectionError("PROTOCOL_ERROR", "A PUSH_PROMISE frame came although push is disabled");
}
