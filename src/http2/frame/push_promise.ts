import { connectionError, type Http2Error } from "../errors.ts";

/**
 * Makes the error of a PUSH_PROMISE frame (RFC 9113 section 6.6), which is always one: a client may not send it
 * (section 8.4), and our client forbids it with SETTINGS_ENABLE_PUSH 0 before it opens a stream.
 */
export function pushPromiseError(): Http2Error {
  return connectionError(
    "PROTOCOL_ERROR",
    "A PUSH_PROMISE frame was sent although push is disabled",
  );
}
