/**
 * HTTP/2 (RFC 9113) without I/O: bytes in, events and bytes out. A connection owns no socket and no
 * clock; `createServerConnection()` and `createClientConnection()` make its two roles.
 *
 * @module
 */
export { clearBufferPools } from "./buffer_pool.ts";
export { largeBuffers } from "./large_buffers.ts";
export { configure, type Http2Config, type Windows } from "./config.ts";
export { createClientConnection, createServerConnection } from "./create_connection.ts";
export { ErrorCode, type ErrorCodeName, errorCodeName } from "./error_codes.ts";
export { Http2Error, type Http2ErrorScope } from "./errors.ts";
export { describeForeign, type ForeignProtocol, foreignProtocol, OPENING_SIZE } from "./foreign.ts";
export type { Goaway } from "./frame/mod.ts";
export type { ConnectionHandler } from "./handler.ts";
export type { HeaderList } from "./header_list.ts";
export type { HeaderField, PreparedHeaders } from "./hpack/mod.ts";
export type {
  ConnectionPhase,
  ConnectionStatistics,
  Http2ClientConnection,
  Http2Connection,
  Http2Stream,
  ResetOrigin,
} from "./http2_connection.ts";
export { DEFAULT_LIMITS, type LimitName, type Limits, type Rate } from "./limits.ts";
export type { OutputBuffer } from "./output_buffer.ts";
export { CLIENT_PREFACE } from "./preface.ts";
export { prepareHeaders } from "./prepare_headers.ts";
export { StreamState } from "./stream_state.ts";
