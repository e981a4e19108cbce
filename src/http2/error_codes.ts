/** The error codes of RST_STREAM and GOAWAY (RFC 9113 section 7). */
export const ErrorCode = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  FLOW_CONTROL_ERROR: 0x3,
  SETTINGS_TIMEOUT: 0x4,
  STREAM_CLOSED: 0x5,
  FRAME_SIZE_ERROR: 0x6,
  REFUSED_STREAM: 0x7,
  CANCEL: 0x8,
  COMPRESSION_ERROR: 0x9,
  CONNECT_ERROR: 0xa,
  ENHANCE_YOUR_CALM: 0xb,
  INADEQUATE_SECURITY: 0xc,
  HTTP_1_1_REQUIRED: 0xd,
} as const;

/** The name of an error code of RFC 9113 section 7. */
export type ErrorCodeName = keyof typeof ErrorCode;

const NAMES = Object.keys(ErrorCode) as ErrorCodeName[];

/** The name of an error code. An unknown code is `INTERNAL_ERROR`, as section 7 allows. */
export function errorCodeName(code: number): ErrorCodeName {
  return NAMES[code] ?? "INTERNAL_ERROR";
}
