/** The errors of HTTP/2. @module */
import type { LayerError } from "../errors/mod.ts";
import { ErrorCode, type ErrorCodeName } from "./error_codes.ts";
import type { LimitName } from "./limits.ts";

/** The scope of an error (RFC 9113 section 5.4): the whole connection, or one stream. */
export type Http2ErrorScope =
  | { readonly kind: "connection" }
  | { readonly kind: "stream"; readonly streamId: number };

/** Options of an `Http2Error`. */
export interface Http2ErrorOptions extends ErrorOptions {
  /** The name of the limit that was exceeded, if the error is about one. */
  readonly limit?: LimitName;
}

const CONNECTION: Http2ErrorScope = { kind: "connection" };

/**
 * The error class of `src/http2`. A message holds no header values and no payloads, except for the first 9 bytes
 * of a server that does not speak HTTP/2.
 */
export class Http2Error extends Error implements LayerError<"http2"> {
  override readonly name = "Http2Error";
  readonly layer = "http2";
  /** The name of the error code (RFC 9113 section 7). */
  readonly code: ErrorCodeName;
  readonly scope: Http2ErrorScope;
  readonly limit: LimitName | undefined;

  constructor(
    code: ErrorCodeName,
    scope: Http2ErrorScope,
    message: string,
    options?: Http2ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.scope = scope;
    this.limit = options?.limit;
  }

  /** The error code as it is sent in RST_STREAM and GOAWAY. */
  get errorCode(): number {
    return ErrorCode[this.code];
  }
}

/** Makes an error that ends the connection (RFC 9113 section 5.4.1). */
export function connectionError(
  code: ErrorCodeName,
  message: string,
  options?: Http2ErrorOptions,
): Http2Error {
  return new Http2Error(code, CONNECTION, message, options);
}

/** Makes an error that ends one stream (RFC 9113 section 5.4.2). */
export function streamError(
  streamId: number,
  code: ErrorCodeName,
  message: string,
  options?: Http2ErrorOptions,
): Http2Error {
  return new Http2Error(code, { kind: "stream", streamId }, message, options);
}

/** The error of a header list over `maxHeaderListSize`, which ends its stream. */
export function listTooLarge(streamId: number): Http2Error {
  return streamError(streamId, "ENHANCE_YOUR_CALM", "A header list is larger than the limit", {
    limit: "maxHeaderListSize",
  });
}
