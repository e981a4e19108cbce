import type { LayerError } from "../errors/mod.ts";
import { ErrorCode, type ErrorCodeName } from "./error_codes.ts";
import type { LimitName } from "./limits.ts";

/** What an error ends (RFC 9113 section 5.4): the whole connection, or one stream of it. */
export type Http2ErrorScope =
  | { readonly kind: "connection" }
  | { readonly kind: "stream"; readonly streamId: number };

/** What an `Http2Error` can carry besides its message. */
export interface Http2ErrorOptions extends ErrorOptions {
  /** The limit that was crossed, where one was: the reason to count. */
  readonly limit?: LimitName;
}

const CONNECTION: Http2ErrorScope = { kind: "connection" };

/** The error of everything under `src/http2`. Its message never holds header values or payloads;
 * that a server does not speak HTTP/2 is shown by its first 9 bytes. */
export class Http2Error extends Error implements LayerError<"http2"> {
  override readonly name = "Http2Error";
  readonly layer = "http2";
  /** The RFC's name of the error. */
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

  /** The number that goes on the wire. */
  get errorCode(): number {
    return ErrorCode[this.code];
  }
}

/** An error that ends the connection (RFC 9113 section 5.4.1). */
export function connectionError(
  code: ErrorCodeName,
  message: string,
  options?: Http2ErrorOptions,
): Http2Error {
  return new Http2Error(code, CONNECTION, message, options);
}

/** An error that ends one stream (RFC 9113 section 5.4.2). */
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
