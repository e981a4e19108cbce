import { type Http2Stream, type PreparedHeaders, prepareHeaders } from "../../../http2/mod.ts";
import type { Metadata, RpcError } from "../../mod.ts";
import {
  acceptedEncodings,
  contentType,
  encodeStatusMessage,
  headerNames,
  metadataFields,
} from "../mod.ts";

/**
 * Octets of a status message that are sent: several sentences. A longer one would repeat the peer's own
 * text, at a price that the peer does not pay.
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

/** The headers of a response to a call. */
export const responseHeaders = prepareHeaders(ordinary);

/** Headers of a response whose messages may be compressed. */
export const gzipResponseHeaders = prepareHeaders([...ordinary, headerNames.encoding, "gzip"]);

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

/** Lists of response metadata that a thread caches. */
const MAX_REMEMBERED = 64;
/** Bytes of the longest list that is cached. */
const MAX_REMEMBERED_LENGTH = 128;

/**
 * Response headers with metadata. Most responses of a server have equal metadata, such as the protocol version: a
 * list is prepared when it is sent for the second time, and from then on takes a few bytes.
 */
export class MetadataHeaders {
  readonly #seen = new Map<string, PreparedHeaders | undefined>();

  /** Sends the headers of a response. */
  send(stream: Http2Stream<unknown>, metadata: Metadata): void {
    const fields = metadataFields(metadata);
    if (fields.length === 0) return stream.sendHeaders(responseHeaders);
    const name = fields.join("\n");
    const prepared = this.#seen.get(name) ?? this.#notice(name, fields);
    if (prepared === undefined) stream.sendHeaders(responseHeaders, fields);
    else stream.sendHeaders(prepared);
  }

  #notice(name: string, fields: readonly string[]): PreparedHeaders | undefined {
    if (this.#seen.has(name)) {
      const prepared = prepareHeaders([...ordinary, ...fields]);
      this.#seen.set(name, prepared);
      return prepared;
    }
    if (name.length <= MAX_REMEMBERED_LENGTH && this.#seen.size < MAX_REMEMBERED) {
      this.#seen.set(name, undefined);
    }
    return undefined;
  }
}
