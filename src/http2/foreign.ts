/**
 * Recognises servers that do not speak HTTP/2 by their first bytes.
 *
 * An HTTP/2 server begins with a SETTINGS frame (RFC 9113 section 3.4):
 *
 * ```text
 * +-----------------------------------------------+
 * |                 Length (24)                   |
 * +---------------+---------------+---------------+
 * |   Type = 4    |
 * ```
 *
 * @module
 */
import { FrameType } from "./frame/mod.ts";

/** The protocol of a server whose first bytes are not HTTP/2's. */
export type ForeignProtocol = "tls" | "http/1" | "unknown";

/** Bytes that are enough to identify a protocol. */
export const OPENING_SIZE = 9;

/** TLS record types: change_cipher_spec, alert, handshake, application_data (RFC 8446 section 5.1). */
const TLS_FIRST = 0x14;
const TLS_LAST = 0x17;

/** `HTTP/1.`: the beginning of an HTTP/1.0 or HTTP/1.1 status line (RFC 9112 section 4). */
const STATUS_LINE = new TextEncoder().encode("HTTP/1.");

/** `<`: a page of HTML, with which some servers refuse an HTTP version without a status line. */
const HTML = 0x3c;

/**
 * The protocol that the first bytes from a server belong to; undefined when it is HTTP/2, or when they
 * are too few to tell.
 */
export function foreignProtocol(opening: Uint8Array): ForeignProtocol | undefined {
  if (
    opening.length >= 2 && opening[0] >= TLS_FIRST && opening[0] <= TLS_LAST && opening[1] === 3
  ) {
    return "tls";
  }
  if (opening[0] === HTML) return "http/1";
  const shared = opening.subarray(0, STATUS_LINE.length);
  if (shared.every((byte, at) => byte === STATUS_LINE[at])) {
    return shared.length === STATUS_LINE.length ? "http/1" : undefined;
  }
  return opening.length >= 4 && opening[3] !== FrameType.SETTINGS ? "unknown" : undefined;
}

/** A sentence about a server of a foreign protocol. */
export function describeForeign(protocol: ForeignProtocol, opening: Uint8Array): string {
  switch (protocol) {
    case "tls":
      return "The server speaks TLS, and this client speaks gRPC without TLS";
    case "http/1":
      return "The server speaks HTTP/1.1, and gRPC needs HTTP/2";
    case "unknown":
      return `The server does not speak HTTP/2: its first bytes are ${printable(opening)}`;
  }
}

/** Bytes as a quoted ASCII text, with a dot for each that is not printable. */
function printable(bytes: Uint8Array): string {
  return JSON.stringify(
    Array.from(bytes, (byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")
      .join(""),
  );
}
