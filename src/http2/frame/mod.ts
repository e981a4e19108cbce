/**
 * The frames of HTTP/2 (RFC 9113 sections 4 and 6): checks, parsing and encoding, with a file for each type.
 *
 * @module
 */
export { checkContinuation } from "./continuation.ts";
export { checkData, encodeData } from "./data.ts";
export { encodeGoaway, type Goaway, parseGoaway } from "./goaway.ts";
export {
  FRAME_HEADER_LENGTH,
  FrameFlag,
  FrameType,
  MAX_31_BITS,
  readLength,
  readUint31,
  readUint32,
  writeFrameHeader,
} from "./header.ts";
export { encodeHeaders, fragmentStart } from "./headers.ts";
export { paddingLength } from "./padding.ts";
export { checkPing, encodePing, encodePingAck, pingNumber } from "./ping.ts";
export { checkPriority } from "./priority.ts";
export { pushPromiseError } from "./push_promise.ts";
export { encodeRstStream, parseRstStream } from "./rst_stream.ts";
export {
  encodeSettings,
  encodeSettingsAck,
  parseSettings,
  type Setting,
  SettingId,
} from "./settings.ts";
export { encodeWindowUpdate, parseWindowUpdate } from "./window_update.ts";
