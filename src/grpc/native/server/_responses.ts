/** The headers and trailers of responses. @module */
import { type PreparedHeaders, prepareHeaders } from "../../../http2/mod.ts";
import { encodeStatusMessage, Metadata, type RpcError } from "../../mod.ts";
import { acceptedEncodings, contentType, headerNames, metadataFields } from "../mod.ts";

/**
 * The most octets of a status message that are sent: several sentences. A longer message repeats text of the peer,
 * and costs more to send than the peer's request.
 */
const MAX_MESSAGE_LENGTH = 1_024;

const ordinary = [
  ":status",
  "200",
  headerNames.contentType,
  `${contentType}+proto`,
  headerNames.acceptEncoding,
  acceptedEncodings,
];

/** Headers of the responses to calls of a method, prepared for the encoder. */
export class ResponseHeaders {
  /** Headers of a response without compression. */
  readonly plain: PreparedHeaders;
  /** Headers of a response whose messages may be compressed. */
  readonly gzip: PreparedHeaders;

  /** @param metadata metadata of every response; it is not changed */
  constructor(readonly metadata: Metadata) {
    const fields = [...ordinary, ...metadataFields(metadata)];
    this.plain = prepareHeaders(fields);
    this.gzip = prepareHeaders([...fields, ...gzip]);
  }
}

const gzip = [headerNames.encoding, "gzip"];

/** Headers of a response whose metadata follows. */
export const bareHeaders = new ResponseHeaders(new Metadata());

/** Fields before the status of a call that fails before its response headers (Trailers-Only). */
export const trailersOnlyHeaders = prepareHeaders([
  ":status",
  "200",
  headerNames.contentType,
  `${contentType}+proto`,
]);

/** Trailers of the status OK. */
export const okTrailers = prepareHeaders([headerNames.status, "0"]);

/** Empty headers, for trailers whose fields all follow. */
export const noHeaders = prepareHeaders([]);

/** Responses to requests other than gRPC's, by HTTP status. */
export const notGrpcHeaders: Readonly<Record<405 | 415, PreparedHeaders>> = {
  405: prepareHeaders([":status", "405", "allow", "POST"]),
  415: prepareHeaders([":status", "415"]),
};

/** The fields of a status other than OK: name, value, name, value, …. */
export function statusFields({ code, message, metadata }: RpcError): string[] {
  return [...bareStatus(code, message), ...metadataFields(metadata)];
}

/** The fields of a status without metadata, for a peer whose limit on header lists is low. */
export function bareStatus(code: number, message: string): string[] {
  const fields = [headerNames.status, String(code)];
  const encoded = encodeStatusMessage(message);
  if (encoded !== "") fields.push(headerNames.message, shorten(encoded));
  return fields;
}

function shorten(encoded: string): string {
  if (encoded.length <= MAX_MESSAGE_LENGTH) return encoded;
  // Not in the middle of an escape.
  return encoded.slice(0, MAX_MESSAGE_LENGTH).replace(/%.?$/, "").trimEnd();
}
